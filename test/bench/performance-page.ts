import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/built-guard.js';

const PAGE = path.join(ROOT, 'docs', 'performance.md');
const GATEWAY = '\n## The gateway\n\n';

/** Writes one part of docs/performance.md and leaves the other as it is: each bench has its own. */
export function writePart(part: 'stdio' | 'gateway', text: string): void {
  const [stdio = '', gateway] = readFileSync(PAGE, 'utf8').split(GATEWAY);
  const kept = part === 'stdio' ? gateway : text;
  writeFileSync(PAGE, (part === 'stdio' ? text : stdio) + (kept === undefined ? '' : GATEWAY + kept));
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/built-guard.js';

const PAGE = path.join(ROOT, 'docs', 'performance.md');
/** The parts in their order on the page; the first stands before every title. */
const TITLES = { gateway: '\n## The gateway\n\n', pages: '\n## Open pages of the dashboard\n\n' } as const;

/** Writes one part of docs/performance.md and leaves the others as they are: each bench has its own. */
export function writePart(part: 'stdio' | keyof typeof TITLES, text: string): void {
  const [before = '', pages] = readFileSync(PAGE, 'utf8').split(TITLES.pages);
  const [stdio = '', gateway] = before.split(TITLES.gateway);
  const parts: Readonly<Record<typeof part, string | undefined>> = { stdio, gateway, pages, [part]: text };
  const titled = (['gateway', 'pages'] as const).map((name) =>
    parts[name] === undefined ? '' : TITLES[name] + parts[name],
  );
  writeFileSync(PAGE, (parts.stdio ?? '') + titled.join(''));
}

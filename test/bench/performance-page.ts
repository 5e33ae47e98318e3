import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/built-guard.js';

const PAGE = path.join(ROOT, 'docs', 'performance.md');

/** The sections in their order on the page; what stands before the first title is the first. */
const TITLES = [
  '',
  'Held calls',
  'Limits',
  'The chain of the audit log',
  'What is compared',
  'The audit log',
  'The gateway',
  'Open pages of the dashboard',
];

/**
 * Writes the sections that the text holds, each under its `## ` title, into docs/performance.md and leaves
 * the others as they are: each bench has its own.
 */
export function writeSections(text: string): void {
  const sections = new Map([...sectionsOf(readFileSync(PAGE, 'utf8')), ...sectionsOf(text)]);
  const unknown = [...sections.keys()].filter((title) => !TITLES.includes(title));
  if (unknown.length > 0) throw new Error(`no place on ${PAGE} for ${unknown.join(', ')}`);
  const bodies = TITLES.flatMap((title) => sections.get(title) ?? []);
  writeFileSync(PAGE, `${bodies.join('\n\n')}\n`);
}

function sectionsOf(text: string): (readonly [title: string, body: string])[] {
  return text
    .split(/^(?=## )/m)
    .map((section) => [/^## (.*)/.exec(section)?.[1] ?? '', section.trim()] as const);
}

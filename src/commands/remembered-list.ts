import { shownConditions } from '../approvals/remember/edit-conditions.js';
import type { RememberedEntry } from '../approvals/remember/entry.js';
import { printable } from '../platform/printable.js';
import { columns } from './text-table.js';

/** An entry, and whether it lets calls pass now. */
export interface ListedEntry extends RememberedEntry {
  readonly counts: boolean;
  /** Why it does not count; null where it does. */
  readonly why: string | null;
}

const HEAD = ['id', 'scope', 'tool', 'who', 'until'] as const;

/** The table for a person: a line for each entry, its conditions and its folder below. */
export function rememberedTable(entries: readonly ListedEntry[]): string {
  if (entries.length === 0) return 'no answer is remembered\n';
  const [head = '', ...rows] = columns([HEAD, ...entries.map(cellsOf)]);
  const lines = entries.flatMap((entry, index) => [rows[index] ?? '', ...belowOf(entry)]);
  return `${[head, ...lines].join('\n')}\n`;
}

function cellsOf(entry: ListedEntry): string[] {
  const { id, scope, server, tool, target, method, approver, expires_at: until } = entry;
  const what = `${server}/${tool ?? target ?? method}`;
  return [id, scope, printable(what), printable(approver), until ?? 'revoked'];
}

function belowOf(entry: ListedEntry): string[] {
  const conditions = shownConditions(entry.input);
  return [
    ...(entry.why === null ? [] : [`does not count: ${entry.why}`]),
    ...(entry.project === null ? [] : [`in ${printable(entry.project)}`]),
    `instead of ${entry.rules.map((rule) => printable(rule)).join(', ')}`,
    ...conditions.map(({ shownPath, kind, shown }) => `${shownPath} ${WORDS[kind]}${shown}`),
    ...(conditions.length === 0 ? ['without arguments'] : []),
  ].map((line) => `    ${line}`);
}

const WORDS = {
  equals: '= ',
  'within folder': 'in folder ',
  any: 'is ',
  'any or none': 'is ',
  other: 'meets ',
} as const;

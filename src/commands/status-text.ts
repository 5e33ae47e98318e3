import type { FoundSwitch } from '../control/switch-folder.js';
import { printable } from '../platform/printable.js';
import { pad, widthOf } from '../platform/text-width.js';
import type { Status } from './status.js';

const HEAD = ['server', 'pid', 'since', 'client', 'mode', 'allowed', 'denied', 'held', 'waiting'] as const;
const DIGEST_CHARS_SHOWN = 19;

/** The status for a person: a line for each guard and its config files below it, then what is stopped. */
export function statusText({ guards, switches, troubles }: Status): string {
  const rows = guards.map(cellsOf);
  const widths = HEAD.map((head, column) =>
    Math.max(widthOf(head), ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = guards.flatMap((guard, index) => [lineOf(rows[index] ?? []), ...belowOf(guard)]);
  const shown = lines.length === 0 ? ['no guard is running'] : [lineOf(HEAD), ...lines];
  return `${[...shown, ...switches.map(switchText), ...troubles.map((text) => printable(text))].join('\n')}\n`;
}

type ShownGuard = Status['guards'][number];

function cellsOf({ server, pid, since, client, mode, calls, pending }: ShownGuard): string[] {
  const { allowed, denied, held } = calls;
  const counts = [allowed, denied, held, pending].map(String);
  return [printable(server), String(pid), printable(since), printable(client ?? '-'), mode, ...counts];
}

function belowOf({ layers, killed, mode: whole }: ShownGuard): string[] {
  const files = layers.map(({ layer, path, digest, mode }) => {
    const observed = { enforce: '', observe: ' (observed only)', dry_run: ' (tried dry)' }[mode];
    return `  ${printable(layer)} ${printable(path)} ${printable(digest.slice(0, DIGEST_CHARS_SHOWN))}${observed}`;
  });
  return [
    ...files,
    ...(layers.length === 0 ? ['  no config file: calls are recorded, not blocked'] : []),
    ...(whole === 'dry_run' ? ['  dry run: no governed call reaches the server'] : []),
    ...(layers.length > 0 && whole === 'observe' ? ['  observes only: nothing is blocked'] : []),
    ...(killed ? ['  stopped by the kill switch'] : []),
  ];
}

function switchText(found: FoundSwitch): string {
  if (found.kind === 'trouble') return printable(`a kill switch counts as on for every server: ${found.why}`);
  const { server, by, reason, at } = found.state;
  const scope = server === null ? 'every server' : `the server ${server}`;
  return printable(
    `the kill switch for ${scope} is on since ${at}, by ${by}: ${reason ?? 'no reason given'}`,
  );
}

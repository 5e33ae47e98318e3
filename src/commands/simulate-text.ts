import { REPLAY_ARGUMENT_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import type { Change, DecisionText } from '../replay/changes.js';
import type { SimulationResult } from '../replay/tally.js';

/** What a simulation found, as text: changes first, then what cannot be told, then how many calls there were. */
export function simulationText(result: SimulationResult): string {
  const lines: string[] = [];
  for (const [title, changes] of titled(result.changes)) {
    lines.push(`${title}  (${countOf(changes)})`, ...changes.flatMap(changeLines), '');
  }
  if (result.furtherChanges > 0) lines.push(`${result.furtherChanges} more calls change in further ways`, '');
  if (result.undecidable > 0) {
    lines.push(`cannot be told  (${result.undecidable})`, ...result.undecided.flatMap(changeLines));
    if (result.furtherUndecided > 0) lines.push(`  ${result.furtherUndecided} more in further ways`);
    lines.push(
      '  such calls draw on no limit here; audit.log_arguments: true records what rules look at',
      '',
    );
  }
  for (const { why, count } of result.setAside) {
    lines.push(`${count} set aside: not decided by a policy (${printable(why)})`);
  }
  return `${[...lines, ...summaryLines(result)].join('\n')}\n`;
}

function summaryLines({
  calls,
  unchanged,
  otherRule,
  changed,
  undecidable,
  firstTs,
  lastTs,
}: SimulationResult): string[] {
  if (calls === 0 || firstTs === undefined || lastTs === undefined) return ['no calls in this period'];
  const alike = otherRule === 0 ? '' : ` (${otherRule} by another rule)`;
  return [
    `${calls} calls from ${printable(firstTs)} to ${printable(lastTs)}`,
    `${unchanged} unchanged${alike}, ${changed} changed, ${undecidable} cannot be told`,
  ];
}

/** Changes under headings such as `allow → deny`, in the order in which they come. */
function titled(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const title = `${change.from.decision} → ${change.to?.decision ?? '?'}`;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [change]);
    else group.push(change);
  }
  return groups;
}

function countOf(changes: readonly Change[]): number {
  return changes.reduce((sum, { count }) => sum + count, 0);
}

function changeLines({ server, method, tool, from, to, why, examples, count }: Change): string[] {
  const what = tool ?? method;
  const rules = to === null ? sideText(from) : `${sideText(from)} → ${sideText(to)}`;
  return [
    `  ${String(count).padStart(6)}  ${printable(server)} ${printable(what)}  ${rules}`,
    ...why.map((line) => `          ${printable(line, 2 * REPLAY_ARGUMENT_CHARS_MAX)}`),
    ...examples.map((example) => `          e.g. ${exampleText(example)}`),
  ];
}

function sideText({ rule, reason }: DecisionText): string {
  const name = printable(rule ?? 'no rule');
  return reason === null || reason === 'rule' || reason === 'default'
    ? name
    : `${name} (${printable(reason)})`;
}

function exampleText({ ts, request_id: id, agent, arguments: given }: Change['examples'][number]): string {
  const shown =
    given === undefined
      ? 'arguments not logged'
      : printable(JSON.stringify(given), REPLAY_ARGUMENT_CHARS_MAX);
  return `${printable(ts)}  ${printable(id)}${agent === null ? '' : `  ${printable(agent)}`}  ${shown}`;
}

import type { EndedApproval } from '../approvals/board.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { argumentDiff } from '../approvals/argument-diff.js';
import { argumentLines } from './argument-lines.js';
import { revealed } from '../platform/hidden-characters.js';
import type { Line } from './line.js';
import { warningsOf } from '../approvals/warnings.js';
import { wrapped } from './wrap-text.js';

/** A request as lines of at most `columns`; the first `needed` of them have to be read before an approval. */
export interface Detail {
  readonly lines: readonly Line[];
  readonly needed: number;
}

/**
 * Everything about a request: warnings, who calls what, the rules, the arguments; then what changed
 * since the last time, and where the request comes from. What decides stands first, so that a short
 * call is read at one look.
 */
export function detailOf(request: ApprovalRequest, last: EndedApproval | undefined, columns: number): Detail {
  // What continues a row is indented: no name can be long enough to pose as a row of its own.
  const text: ToLines = (tone, words) =>
    wrapped(words, columns - 1 - INDENT.length).map((row, index) => ({
      tone,
      text: index === 0 ? row : `${INDENT}${row}`,
    }));
  const size = `${request.arg_size} bytes${request.arguments_complete ? '' : ', not whole'}`;
  const needed = [
    ...warningsOf(request).flatMap((warning) => text('warning', `! ${warning}`)),
    ...factLines(callFacts(request), text),
    ...text('heading', `arguments (${size})`),
    ...argumentLines(request.arguments, columns).map((row): Line => ({ tone: 'plain', text: row })),
    ...text('dim', 'end of the arguments'),
  ];
  const lines = [...needed, ...comparison(request, last, text), ...factLines(originFacts(request), text)];
  return { lines, needed: needed.length };
}

type ToLines = (tone: Line['tone'], words: string) => Line[];
type Fact = readonly [name: string, value: string | null];

const NAME_COLUMNS = 10;
const INDENT = '    ';

function callFacts(request: ApprovalRequest): Fact[] {
  const { server, tool, method, target, agent, rules } = request;
  return [
    ['server', server],
    tool === null ? ['method', method] : ['tool', tool],
    ['target', target],
    ['agent', agent],
    ...rules.flatMap(({ layer, name, message }): Fact[] => [
      ['rule', `${layer}/${name}`],
      ['', message],
    ]),
  ];
}

function originFacts(request: ApprovalRequest): Fact[] {
  return [
    ['client', request.client],
    ['session', request.session],
    ['folder', request.project],
    ['id', request.id],
    ['asked', `${request.created_at}, until ${request.expires_at}`],
    ['escalated', request.escalated_at],
    ...request.undelivered.map(({ channel, why }): Fact => ['not in', `${channel}: ${why}`]),
    ['signature', request.approvers === null ? null : 'an enrolled approver must sign the answer'],
  ];
}

function factLines(facts: readonly Fact[], text: ToLines): Line[] {
  return facts.flatMap(([name, value]) =>
    value === null ? [] : text('plain', `${name.padEnd(NAME_COLUMNS)}${revealed(value)}`),
  );
}

function comparison(request: ApprovalRequest, last: EndedApproval | undefined, text: ToLines): Line[] {
  if (last === undefined)
    return text('dim', 'no earlier call of this tool was approved: nothing to compare with');
  const by = last.end.approver === null ? '' : ` by ${revealed(last.end.approver)}`;
  const lines = [
    ...text('heading', `compared with the call approved${by} at ${revealed(last.end.ended_at)}`),
  ];
  if (!last.request.arguments_complete)
    return [...lines, ...text('dim', 'its arguments were not kept whole')];
  for (const { kind, text: words } of argumentDiff(last.request.arguments, request.arguments)) {
    lines.push(...text(kind === 'note' ? 'dim' : kind, words));
  }
  return lines;
}

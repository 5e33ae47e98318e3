import type { EndedApproval } from '../approvals/board.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { argumentDiff } from './argument-diff.js';
import { argumentLines } from './argument-lines.js';
import { revealed } from './hidden-characters.js';
import type { Line } from './line.js';
import { warningsOf } from './warnings.js';
import { wrapped } from './wrap-text.js';

/** A request as lines of at most `columns`; the first `needed` of them have to be read before an approval. */
export interface Detail {
  readonly lines: readonly Line[];
  readonly needed: number;
}

/** Everything about a request: warnings, who and what, the rules, the arguments, what changed since the last time. */
export function detailOf(request: ApprovalRequest, last: EndedApproval | undefined, columns: number): Detail {
  const text = (tone: Line['tone'], words: string): Line[] =>
    wrapped(words, columns - 1).map((row) => ({ tone, text: row }));
  const needed = [
    ...warningsOf(request).flatMap((warning) => text('warning', `! ${warning}`)),
    ...factsOf(request).flatMap(([name, value]) => text('plain', `${name.padEnd(NAME_COLUMNS)}${value}`)),
    ...request.rules.flatMap((rule) => [
      ...text('plain', `${'rule'.padEnd(NAME_COLUMNS)}${revealed(`${rule.layer}/${rule.name}`)}`),
      ...(rule.message === null ? [] : text('plain', `${' '.repeat(NAME_COLUMNS)}${revealed(rule.message)}`)),
    ]),
    ...text(
      'heading',
      request.arguments_complete
        ? `arguments (${request.arg_size} bytes)`
        : `arguments (${request.arg_size} bytes, not whole)`,
    ),
    ...argumentLines(request.arguments, columns).map((row): Line => ({ tone: 'plain', text: row })),
    ...text('dim', 'end of the arguments'),
  ];
  return { lines: [...needed, ...comparison(request, last, text)], needed: needed.length };
}

const NAME_COLUMNS = 10;

function factsOf(request: ApprovalRequest): (readonly [string, string])[] {
  const what = request.tool ?? request.target;
  const facts: (readonly [string, string | null])[] = [
    ['id', request.id],
    ['server', request.server],
    [request.tool === null ? 'method' : 'tool', request.tool ?? request.method],
    ['target', what === request.target ? request.target : null],
    ['agent', request.agent],
    ['client', request.client],
    ['session', request.session],
    ['folder', request.project],
    ['asked', `${request.created_at}, until ${request.expires_at}`],
    ['escalated', request.escalated_at],
    ['signed by', request.approvers === null ? null : 'an enrolled approver must sign the answer'],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, revealed(value)] as const]));
}

function comparison(
  request: ApprovalRequest,
  last: EndedApproval | undefined,
  text: (tone: Line['tone'], words: string) => Line[],
): Line[] {
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

import { DEFAULT_HINTS } from '../../mcp/hints.js';
import { isJsonObject, type JsonObject, type JsonValue, member } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import { explain } from '../../policy/explain.js';
import type { Subject } from '../../policy/subject.js';
import type { AuditDetail } from '../contract/audit.js';
import type { DashboardSource } from '../source.js';
import { decisionWord, explanationLines, ruleNamed } from './policy-lines.js';

type Explained = AuditDetail['explained'];

const WORDS: Readonly<Record<string, string>> = {
  allow: 'It was allowed',
  deny: 'It was denied',
  require_approval: 'It was held for a person',
  limit: 'It was stopped by a limit',
  dry_run: 'It was a dry run: it did not reach the server',
  relay: 'It was passed on: policy does not govern such requests',
};

/** Why a call was decided as it was, and what policy would make of it now. */
export function explainRecord(
  record: JsonObject,
  outcome: JsonObject | undefined,
  source: DashboardSource,
): Explained {
  const layer = textOf(record, 'layer');
  const rule = textOf(record, 'rule');
  const subject = subjectOf(record, source);
  const found =
    layer === undefined || rule === undefined
      ? undefined
      : ruleNamed(source.policy(), layer, rule, subject.value);
  const lines = record['type'] === 'decision' ? decisionLines(record) : otherLines(record);
  if (outcome !== undefined) lines.push(outcomeLine(outcome));
  return {
    lines,
    rule: found === undefined ? null : { layer: layer ?? '', name: rule ?? '', ...found },
    today: subject.isWhole ? today(subject.value, source) : null,
  };
}

function today(subject: Subject, source: DashboardSource): Explained['today'] {
  const explanation = explain(source.policy(), subject);
  const { rule } = explanation.decision;
  return {
    decision: decisionWord(explanation.decision),
    layer: rule.layer,
    rule: rule.name,
    lines: explanationLines(explanation),
  };
}

function decisionLines(record: JsonObject): string[] {
  const decision = textOf(record, 'decision') ?? '';
  const layer = textOf(record, 'layer');
  const rule = textOf(record, 'rule');
  const reason = textOf(record, 'reason');
  const by = rule === undefined ? '' : ` by ${printable(`${layer ?? '-'}/${rule}`)}`;
  const lines = [`${WORDS[decision] ?? `Decision ${printable(decision)}`}${by}.`];
  if (reason !== undefined) lines.push(`Reason: ${printable(reason)}`);
  if (member(record, 'enforced') === false) lines.push('Only observed: the call went on all the same.');
  const would = textOf(record, 'would');
  if (would !== undefined) lines.push(`Without the dry run it would have been: ${printable(would)}.`);
  const uncertain = member(record, 'uncertain');
  if (Array.isArray(uncertain)) {
    for (const one of uncertain)
      lines.push(`Counted the strict way: ${printable(typeof one === 'string' ? one : JSON.stringify(one))}`);
  }
  lines.push(...approvalLines(member(record, 'approval')), ...limitLines(member(record, 'limits')));
  return lines;
}

function approvalLines(approval: JsonValue | undefined): string[] {
  if (!isJsonObject(approval)) return [];
  const state = textOf(approval, 'state') ?? 'pending';
  const who = textOf(approval, 'approver');
  const channel = textOf(approval, 'channel');
  const reason = textOf(approval, 'reason');
  const by = who === undefined ? '' : ` by ${who}${channel === undefined ? '' : ` through ${channel}`}`;
  return [printable(`Approval: ${state}${by}${reason === undefined ? '' : `: ${reason}`}`)];
}

function limitLines(limits: JsonValue | undefined): string[] {
  if (limits === undefined || limits === null) return [];
  const list = Array.isArray(limits) ? limits : [limits];
  return list.slice(0, LINES_MOST).map((one) => `Limit: ${printable(JSON.stringify(one))}`);
}

const LINES_MOST = 50;

function otherLines(record: JsonObject): string[] {
  const type = textOf(record, 'type');
  if (type === 'refusal') {
    return [
      `Refused before policy saw it: ${printable(`${textOf(record, 'reason') ?? ''}: ${textOf(record, 'detail') ?? ''}`)}`,
    ];
  }
  if (type === 'event') return [`Event ${printable(textOf(record, 'event') ?? '')}.`];
  return type === 'outcome' ? ['Its decision is not in the log.'] : ['A guard began.'];
}

function outcomeLine(outcome: JsonObject): string {
  const latency = member(outcome, 'latency_ms');
  const after = typeof latency === 'number' ? ` after ${latency} ms` : '';
  return `Result: ${printable(textOf(outcome, 'result') ?? 'unknown')}${after}.`;
}

/** The call as policy would see it; whole where the log holds all that it looks at but claims and scopes. */
function subjectOf(
  record: JsonObject,
  source: DashboardSource,
): { readonly value: Subject; readonly isWhole: boolean } {
  const server = textOf(record, 'upstream') ?? '';
  const tool = textOf(record, 'tool');
  const method = textOf(record, 'method') ?? '';
  const input = member(record, 'arguments');
  const hasNone = member(record, 'arg_size') === 0 || member(record, 'arg_size') === 2;
  const listed = source
    .servers()
    .find(({ name }) => name === server)
    ?.tools?.find(({ name }) => name === tool);
  return {
    isWhole: record['type'] === 'decision' && method === 'tools/call' && (isJsonObject(input) || hasNone),
    value: {
      method,
      knownMethod: true,
      server,
      agent: textOf(record, 'agent'),
      client: textOf(record, 'client'),
      session: textOf(record, 'session'),
      claims: undefined,
      scopes: undefined,
      tool,
      uri: method.startsWith('resources/') ? textOf(record, 'target') : undefined,
      prompt: method === 'prompts/get' ? textOf(record, 'target') : undefined,
      standing: listed?.standing ?? 'unknown',
      hints: listed?.hints ?? DEFAULT_HINTS,
      input: isJsonObject(input) ? input : {},
    },
  };
}

function textOf(record: JsonObject, name: string): string | undefined {
  const value = member(record, name);
  return typeof value === 'string' ? value : undefined;
}

import type * as z from 'zod/mini';
import { DECISION_NAMES, type DecisionName, type FilterSpec } from '../../audit/filter.js';
import { parseSince } from '../../audit/since.js';
import { PATTERN_CHARS_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';
import type { exportQuery } from '../contract/audit.js';
import { Stop } from '../http/reply.js';

type FilterQuery = Omit<z.infer<typeof exportQuery>, 'format'>;

/** The filter that a query asks for. Throws Stop `bad-request`. */
export function filterSpecOf(query: FilterQuery, nowMs: number): FilterSpec {
  const spec: { -readonly [Name in keyof FilterSpec]: FilterSpec[Name] } = {};
  for (const name of ['tool', 'server', 'agent', 'rule', 'session'] as const) {
    const patterns = listOf(query[name]);
    if (patterns !== undefined) spec[name] = patterns;
  }
  const results = listOf(query.result);
  if (results !== undefined) spec.result = results;
  if (query.decision !== undefined && query.decision !== '') spec.decision = decisionsOf(query.decision);
  if (query.text !== undefined && query.text !== '') spec.grep = query.text;
  const sinceMs = timeOf(query.since, 'since', nowMs);
  const untilMs = timeOf(query.until, 'until', nowMs);
  if (sinceMs !== undefined) spec.sinceMs = sinceMs;
  if (untilMs !== undefined) spec.untilMs = untilMs;
  return spec;
}

function listOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === '') return undefined;
  const parts = text.split(',').map((part) => part.trim());
  const long = parts.find((part) => part.length > PATTERN_CHARS_MAX);
  if (long === undefined) return parts;
  throw new Stop('bad-request', `a pattern has at most ${PATTERN_CHARS_MAX} characters`);
}

function decisionsOf(text: string): DecisionName[] {
  return text.split(',').map((part) => {
    const known = DECISION_NAMES.find((name) => name === part.trim());
    if (known !== undefined) return known;
    throw new Stop('bad-request', `decision: expected ${DECISION_NAMES.join(', ')}`);
  });
}

function timeOf(text: string | undefined, name: string, nowMs: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const atMs = parseSince(text, nowMs);
  if (atMs !== undefined) return atMs;
  throw new Stop('bad-request', `${name}: expected 15m, 24h, 7d or an RFC 3339 time, got ${printable(text)}`);
}

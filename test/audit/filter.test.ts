import { describe, expect, test } from 'vitest';
import { compileFilter, type FilterSpec } from '../../src/audit/filter.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { parseSince } from '../../src/audit/since.js';
import { decisionFields, decisionLine, encoderOf, outcomeLine, TS } from './lines.js';

const refusal = encoderOf().refusal(TS, {
  direction: 'client-to-server',
  reason: 'duplicate-key',
  detail: 'params.name',
  size: 9,
  rpc_id: null,
  method: null,
});
const event = encoderOf().event(TS, { event: 'reload', detail: null });

function passes(line: string, spec: FilterSpec): boolean {
  const filter = compileFilter(spec);
  return filter.matches(JSON.parse(line) as AuditRecord) && filter.contains(line);
}

test.each<[string, FilterSpec, boolean]>([
  [decisionLine('1'), {}, true],
  [decisionLine('1'), { tool: ['read_*'] }, true],
  [decisionLine('1'), { tool: ['write_*', '*_file'] }, true],
  [decisionLine('1'), { tool: ['read'] }, false],
  [decisionLine('1', { tool: null }), { tool: ['*'] }, false],
  [decisionLine('1'), { server: ['fil?s'], agent: ['claude'] }, true],
  [decisionLine('1'), { server: ['fil?s'], agent: ['other'] }, false],
  [encoderOf('w', { agent: null }).decision(TS, decisionFields('1')), { agent: [''] }, true],
  [encoderOf('w', { agent: null }).decision(TS, decisionFields('1')), { agent: ['claude'] }, false],
  [decisionLine('1', { decision: 'deny' }), { decision: ['limit', 'deny'] }, true],
  [decisionLine('1'), { decision: ['limit', 'deny'] }, false],
  [outcomeLine('1'), { decision: ['allow'] }, false],
  [outcomeLine('1'), { tool: ['read_*'] }, true],
  [refusal, { decision: ['refusal'] }, true],
  [refusal, { tool: ['*'] }, false],
  [event, {}, true],
  [event, { decision: ['allow'] }, false],
  [decisionLine('1'), { sinceMs: Date.parse(TS) }, true],
  [decisionLine('1'), { sinceMs: Date.parse(TS) + 1 }, false],
  [decisionLine('1', { ts: 'no time' }), { sinceMs: 0 }, false],
  [decisionLine('1', { rule: 'No-Deletes' }), { grep: 'no-DEL' }, true],
  [decisionLine('1'), { grep: '[a-z]' }, false],
  [decisionLine('1', { rule: 'a\u202eb' }), { grep: String.raw`\u202e` }, true],
])('%s with %j: %s', (line, spec, expected) => {
  expect(passes(line, spec)).toBe(expected);
});

describe('since', () => {
  const now = new Date(2026, 4, 6, 14, 30);
  test.each([
    ['10m', now.getTime() - 600_000],
    ['7d', now.getTime() - 604_800_000],
    ['14:00', new Date(2026, 4, 6, 14, 0).getTime()],
    ['14:31', new Date(2026, 4, 5, 14, 31).getTime()],
    ['2026-01-31T14:30:00Z', Date.UTC(2026, 0, 31, 14, 30)],
    ['2026-01-31T14:30:00.5+02:00', Date.UTC(2026, 0, 31, 12, 30, 0, 500)],
    ['2026-01-31', new Date(2026, 0, 31).getTime()],
    ['2026-01-31 08:15', new Date(2026, 0, 31, 8, 15).getTime()],
    ['25:00', undefined],
    ['10', undefined],
    ['yesterday', undefined],
    ['2026-13-01', undefined],
  ])('%s', (text, expected) => {
    expect(parseSince(text, now.getTime())).toBe(expected);
  });
});

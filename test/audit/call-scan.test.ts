import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Call, createCallScan } from '../../src/audit/call-scan.js';
import { compileFilter, type FilterSpec } from '../../src/audit/filter.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { scanLog } from '../../src/audit/scan-log.js';
import { listSegments } from '../../src/audit/segments.js';
import { TAIL_OPEN_CALLS_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { randomFrom } from '../support/random.js';
import { decisionFields, decisionLine, encoderOf, outcomeFields, outcomeLine, TS } from './lines.js';
import { useLogFolder } from './log-folder.js';
import { randomLog } from './random-log.js';

verifies('audit:search:calls');

const at = useLogFolder();

/** The calls of the log, each as its kind and the ids and types of its records. */
async function calls(spec: FilterSpec = {}, reverse = false): Promise<string[]> {
  const found: string[] = [];
  const filter = compileFilter(spec);
  const scan = createCallScan<string>({
    filter,
    reverse,
    keep: (line) => line.text(),
    onCall: (call) => found.push(nameOf(call)),
  });
  const blocks = scanLog({
    segments: await listSegments(at.log),
    reverse,
    filter,
    onRecord: (line) => scan.push(line),
    onTrouble: ({ entry }) => expect.unreachable(entry.detail),
    onUnreadable: (error) => expect.unreachable(error.message),
  });
  while ((await blocks.next()).done !== true) scan.settle();
  scan.end();
  return found;
}

function nameOf(call: Call<string>): string {
  const lines = Object.values(call).filter((part) => part !== call.kind);
  return `${call.kind} ${lines
    .map((line) => JSON.parse(line) as AuditRecord)
    .map(placeOf)
    .join(' ')}`;
}

function placeOf(record: AuditRecord): string {
  return `${record.writer}/${record.seq}`;
}

/** Whether both are of one call. */
function isHalf(record: AuditRecord, other: AuditRecord): boolean {
  return (
    'request_id' in record &&
    'request_id' in other &&
    record.writer === other.writer &&
    record.request_id === other.request_id
  );
}

/** What is asked for, found by holding everything in memory. */
function callsByHand(lines: readonly string[], spec: FilterSpec): string[] {
  const filter = compileFilter(spec);
  const records = lines.map((line) => JSON.parse(line) as AuditRecord);
  const found: string[] = [];
  const has = (...of: AuditRecord[]): boolean =>
    of.some((record) => filter.contains(lines[records.indexOf(record)]?.trimEnd() ?? ''));
  for (const [index, record] of records.entries()) {
    if (record.type === 'decision') {
      const isDecidedAgain = records.some(
        (other, place) => place > index && other.type === 'decision' && isHalf(record, other),
      );
      const outcome = records.find((other) => other.type === 'outcome' && isHalf(record, other));
      if (isDecidedAgain || !filter.matches(record) || !filter.ends(outcome)) continue;
      if (outcome === undefined && has(record)) found.push(`unanswered ${placeOf(record)}`);
      if (outcome !== undefined && has(record, outcome))
        found.push(`call ${placeOf(record)} ${placeOf(outcome)}`);
    } else if (record.type === 'outcome') {
      const isAlone = !records.some((other) => other.type === 'decision' && isHalf(record, other));
      if (isAlone && filter.matches(record) && filter.ends(record) && has(record))
        found.push(`outcome ${placeOf(record)}`);
    } else if (!filter.asksForEnd && filter.matches(record) && has(record)) {
      found.push(`other ${placeOf(record)}`);
    }
  }
  return found;
}

const since = Date.parse(TS) + 15_000;

describe('what a search finds is what one finds by hand', () => {
  test.each<[string, FilterSpec]>([
    ['everything', {}],
    ['a tool', { tool: ['read_file'] }],
    ['several tools', { tool: ['*_file', 'say*'] }],
    ['a server with a name beyond ASCII', { server: ['é'] }],
    ['no agent', { agent: [''] }],
    ['a decision', { decision: ['deny'] }],
    ['those that wait for a person', { decision: ['require_approval'] }],
    ['a rule', { rule: ['user/reads'] }],
    ['a result', { result: ['error'] }],
    ['no result', { result: ['none'] }],
    ['slow ones', { latency: (ms) => ms > 25, tool: ['*file'] }],
    ['large ones', { size: (bytes) => bytes > 50 }],
    ['from a time on', { sinceMs: since }],
    ['up to a time, by result', { untilMs: since, result: ['ok', 'none'] }],
    ['in a time', { sinceMs: since - 5000, untilMs: since, decision: ['allow'] }],
    ['a text of decisions', { grep: 'READS' }],
    ['a text of outcomes', { grep: '"result":"error"' }],
    ['an argument', { arguments: (value) => JSON.stringify(value).includes('/etc/') }],
    ['a request', { request: ['r7'] }],
  ])('%s', async (_what, spec) => {
    let found = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const lines = randomLog(randomFrom(seed));
      const cut = Math.floor(lines.length / 2);
      fs.writeFileSync(`${at.log}.1`, lines.slice(0, cut).join(''));
      fs.writeFileSync(at.log, lines.slice(cut).join(''));
      const expected = callsByHand(lines, spec);
      found += expected.length;
      expect((await calls(spec)).toSorted(), `seed ${seed}`).toEqual(expected.toSorted());
      expect((await calls(spec, true)).toSorted(), `seed ${seed}, reverse`).toEqual(expected.toSorted());
    }
    expect(found).toBeGreaterThan(0);
  });
});

test('calls come as they ended, open ones last; backwards in the order of their decisions', async () => {
  const encoder = encoderOf();
  const line = (id: string): string => encoder.decision(TS, decisionFields(id));
  const lines = [line('a'), line('b'), line('c')];
  lines.push(encoder.outcome(TS, outcomeFields('c')), encoder.outcome(TS, outcomeFields('a')));
  fs.writeFileSync(at.log, lines.join(''));
  expect(await calls()).toEqual(['call w1/3 w1/4', 'call w1/1 w1/5', 'unanswered w1/2']);
  expect(await calls({}, true)).toEqual(['call w1/3 w1/4', 'unanswered w1/2', 'call w1/1 w1/5']);
});

test('of more open calls than are held, the oldest are given up as unanswered', async () => {
  const more = 5;
  const encoder = encoderOf();
  const lines = Array.from({ length: TAIL_OPEN_CALLS_MAX + more }, (_none, id) =>
    encoder.decision(TS, decisionFields(`${id}`)),
  );
  fs.writeFileSync(at.log, [...lines, outcomeLine(`${more}`), outcomeLine('0')].join(''));
  const found = await calls();
  expect(found.slice(0, more)).toEqual(['1', '2', '3', '4', '5'].map((seq) => `unanswered w1/${seq}`));
  expect(found.slice(more, more + 2)).toEqual(['call w1/6 w1/1', 'outcome w1/1']);
});

test('large records that wait are held up to a bound', async () => {
  const large = 'a'.repeat(250_000);
  const lines = Array.from({ length: 80 }, (_none, id) => decisionLine(`${id}`, { arguments: large }));
  fs.writeFileSync(at.log, [...lines, outcomeLine('0'), outcomeLine('79')].join(''));
  const found = await calls();
  expect(found.filter((name) => name.startsWith('call'))).toHaveLength(1);
  expect(found.filter((name) => name.startsWith('outcome'))).toHaveLength(1);
  expect(found.filter((name) => name.startsWith('unanswered'))).toHaveLength(79);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/audit/join.js';
import { createLineFormat } from '../../src/commands/tail-line.js';
import { cellsOf } from '../../src/commands/tail-row.js';
import { fit, pad, widthOf } from '../../src/platform/text-width.js';
import { printable } from '../../src/platform/printable.js';
import { encoderOf, seen, seenDecision, seenOutcome, TS } from '../audit/lines.js';

// oxlint-disable-next-line no-control-regex -- colors begin with one
const COLOR = /\u001b\[(\d+)m/g;
const plain = createLineFormat({ colors: false, width: undefined });

function other(line: string): Row {
  return { kind: 'other', record: seen(line) } as Row;
}

describe('rows', () => {
  test.each<[string, Row]>([
    ['would deny', { kind: 'pending', decision: seenDecision('1', { decision: 'deny', enforced: false }) }],
    [
      'would ask',
      { kind: 'pending', decision: seenDecision('1', { decision: 'require_approval', enforced: false }) },
    ],
    ['approval', { kind: 'unanswered', decision: seenDecision('1', { decision: 'require_approval' }) }],
    [
      'resources/read (file:///a)',
      {
        kind: 'unanswered',
        decision: seenDecision('1', { method: 'resources/read', tool: null, target: 'file:///a' }),
      },
    ],
    [
      'error -32602',
      {
        kind: 'late',
        decision: seenDecision('1'),
        outcome: seenOutcome('1', { result: 'error', error_code: -32602 }),
      },
    ],
    [
      'user/reads: unlisted-tool',
      { kind: 'pending', decision: seenDecision('1', { reason: 'unlisted-tool' }) },
    ],
    [
      'uncertain: $.a gt: no number',
      { kind: 'pending', decision: seenDecision('1', { uncertain: ['$.a gt: no number'] }) },
    ],
    ['the decision stands before', { kind: 'outcome', outcome: seenOutcome('1') }],
    ['brand-new', { kind: 'pending', decision: seenDecision('1', { decision: 'brand-new' as never }) }],
    [
      'refused',
      other(
        encoderOf().refusal(TS, {
          direction: 'client-to-server',
          reason: 'duplicate-key',
          detail: 'x',
          size: 9,
          rpc_id: null,
          method: null,
        }),
      ),
    ],
    [
      'duplicate-key: params.name',
      other(
        encoderOf().refusal(TS, {
          direction: 'client-to-server',
          reason: 'duplicate-key',
          detail: 'params.name',
          size: 9,
          rpc_id: null,
          method: 'm',
        }),
      ),
    ],
    ['{"rules":3}', other(encoderOf().event(TS, { event: 'reload', detail: { rules: 3 } }))],
    [
      'guard 1.2, pid 7, observe',
      other(
        encoderOf().session(TS, {
          guard_version: '1.2',
          pid: 7,
          command: 'npx',
          mode: 'observe',
          approvers: null,
          config: [],
        }),
      ),
    ],
  ])('%s', (text, row) => {
    expect(plain(cellsOf(row))).toContain(text);
  });

  test('each kind has its color', () => {
    const colored = createLineFormat({ colors: true, width: undefined });
    const colors = (['allow', 'relay', 'deny', 'dry_run', 'require_approval'] as const).map((decision) => {
      const line = colored(cellsOf({ kind: 'pending', decision: seenDecision('1', { decision }) }));
      return [...line.matchAll(COLOR)].map(([, code]) => code)[2];
    });
    expect(colors).toEqual(['32', '2', '31', '36', '33']);
  });
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('\u001b[2J\u202e', '漢字'.repeat(50), '👩‍👩‍👧'.repeat(20)),
);

test('hostile text never reaches the terminal, and no line is wider than it', () => {
  fc.assert(
    fc.property(
      fc.record({ tool: text, rule: text, reason: text, target: text }),
      text,
      fc.integer({ min: 1, max: 200 }),
      (more, agent, width) => {
        const decision = seenDecision('1', more);
        const named = { ...decision, record: { ...decision.record, agent, upstream: agent } };
        for (const row of [
          { kind: 'pending', decision: named },
          { kind: 'call', decision: named, outcome: seenOutcome('1') },
        ] as const) {
          const line = createLineFormat({ colors: false, width })(cellsOf(row));
          expect(printable(line)).toBe(line);
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          const colored = createLineFormat({ colors: true, width })(cellsOf(row));
          expect(widthOf(colored.replaceAll(COLOR, ''))).toBeLessThanOrEqual(width);
        }
      },
    ),
  );
});

test.each([
  ['abcdefghij', 10, 'abcdefghij'],
  ['abcdefghij', 7, 'abc…hij'],
  ['abcdefghij', 2, 'a…'],
  ['abcdefghij', 1, '…'],
  ['abcdefghij', 0, ''],
  ['漢字漢字漢', 6, '漢…漢'],
])('%s in %d columns', (given, width, expected) => {
  expect(fit(given, width)).toBe(expected);
  expect(widthOf(pad(expected, width))).toBeLessThanOrEqual(Math.max(width, widthOf(expected)));
});

test.each([
  [
    200,
    '03:04:05.678  deny            files           delete_records                claude           pending     312 B  user/reads',
  ],
  [80, '03:04:05.678 deny       files    delete_records     pending   312 B user/reads'],
  [60, '03:04:05.678 deny       delete_records  pending user/reads'],
  [40, '03:04:05.678 deny       delete_records'],
  [20, 'deny       dele…ords'],
])('%d columns', (width, expected) => {
  const decision = seenDecision('1', { tool: 'delete_records', decision: 'deny' });
  expect(createLineFormat({ colors: false, width })(cellsOf({ kind: 'pending', decision }))).toBe(expected);
});

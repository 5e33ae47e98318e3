import { describe, expect, test } from 'vitest';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { printable } from '../../src/platform/printable.js';
import { verifies } from '../requirements.js';
import { pause } from '../support/eventually.js';
import { drawn } from './drawn.js';
import { FakeBoard } from './fake-board.js';
import { HOSTILE } from './hostile-strings.js';
import { sampleEnded, samplePending } from './sample-request.js';
import { type ScreenRig, screenRig } from './screen-rig.js';

verifies('tui:hostile:frame', 'tui:read:whole');

const SECOND = 'apr_bbbbbbbbbbbbbbbb0002';
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
] as const;

/** The hostile text in every place that a stranger fills. */
function everywhere(text: string): Partial<ApprovalRequest> {
  return {
    server: text,
    tool: text,
    agent: text,
    client: text,
    session: text,
    arguments: { [text]: text, list: [text, { deep: text }] },
    rules: [{ layer: 'user', name: text, message: text }],
  };
}

/** The screen as a terminal shows it, once what was pressed is drawn. */
async function rowsOf(rig: ScreenRig, size: (typeof SIZES)[number]): Promise<string[]> {
  // React draws in the next turn.
  await pause(0);
  return drawn(rig.frame(), size.columns, size.rows);
}

/** Title, list, rule and keys stand where they belong, whatever lies between them. */
function expectFrame(shown: readonly string[], rig: ScreenRig, size: (typeof SIZES)[number]): void {
  expect(shown).toHaveLength(size.rows);
  const lines = rig.model.lines();
  expect(lines).toHaveLength(size.rows - 1);
  expect(shown[0]).toMatch(/^guard/);
  expect(shown.filter((row) => row === '─'.repeat(size.columns))).toHaveLength(1);
  expect(shown.at(-2)).toBe(lines.at(-1)?.text);
  expect(shown.at(-1)).toBe('');
  for (const row of shown) expect(printable(row)).toBe(row);
}

describe.each(SIZES)('at $columns×$rows', (size) => {
  test.each(HOSTILE)(
    '%s stays in its place, and is approved only when all of it was shown',
    async (_name, text) => {
      const board = new FakeBoard([
        samplePending(everywhere(text)),
        samplePending({ id: SECOND, server: text }),
      ]);
      board.over = [sampleEnded(everywhere(text), { approver: text, channel: text, reason: text })];
      board.last = sampleEnded({ arguments: { [text]: 'other' } }, { approver: text });
      board.trouble = [text];
      const rig = screenRig(board, size);
      const isWhole = (): boolean =>
        [...rig.model.state().readings.values()].some((reading) => reading.isWhole);
      expectFrame(await rowsOf(rig, size), rig, size);
      expect(isWhole()).toBe(false);
      rig.press('a');
      expect(board.answers).toEqual([]);
      expectFrame(await rowsOf(rig, size), rig, size);
      for (let page = 0; !isWhole(); page += 1) {
        if (page < 3) expectFrame(await rowsOf(rig, size), rig, size);
        rig.press('a', ' ');
        expect(board.answers).toEqual([]);
      }
      expect(rig.model.lines().some((line) => line.text.includes('end of the arguments'))).toBe(true);
      expectFrame(await rowsOf(rig, size), rig, size);
      for (const key of ['h', 'q', '?', 'q', 'd']) {
        rig.press(key);
        expectFrame(await rowsOf(rig, size), rig, size);
      }
      rig.unmount();
    },
  );

  test('a value of one megabyte can be denied, and not approved unread', async () => {
    const board = new FakeBoard([samplePending({ arguments: { content: 'y'.repeat(1_000_000) } })]);
    const rig = screenRig(board, size);
    for (let page = 0; page < 50; page += 1) rig.press(' ', 'a');
    expect(board.answers).toEqual([]);
    expectFrame(await rowsOf(rig, size), rig, size);
    rig.press('d', '\r');
    expect(board.answers.map(({ draft }) => draft.decision)).toEqual(['denied']);
    rig.unmount();
  });

  test('a thousand calls are listed a few at a time', async () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      samplePending({ id: `apr_${String(index).padStart(20, '0')}`, tool: `tool_${index}` }),
    );
    const board = new FakeBoard(many);
    const rig = screenRig(board, size);
    for (let count = 0; count < 500; count += 1) rig.press('j');
    const shown = await rowsOf(rig, size);
    expectFrame(shown, rig, size);
    expect(shown.join('\n')).toMatch(/> .*tool_500/);
    expect(shown.join('\n')).toContain('more');
    rig.unmount();
  });
});

test('the texts are many, and each says what it is', () => {
  expect(new Set(HOSTILE.map(([name]) => name)).size).toBeGreaterThanOrEqual(46);
});

import { expect, test } from 'vitest';
import { AnchorQueue, AnchorRefusedError } from '../../../src/audit/anchors/anchor-queue.js';
import { ANCHOR_QUEUE_MAX } from '../../../src/platform/bounds.js';
import { eventually } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';

verifies('audit:anchor:remote');

/** A queue in front of an anchor that does what it is told, by default take everything. */
function queued(times: ConstructorParameters<typeof AnchorQueue>[2] = {}) {
  const taken: string[] = [];
  const tried: string[] = [];
  const notes: string[] = [];
  const anchor = {
    name: 'tests',
    act: (_line: string): Promise<void> => Promise.resolve(),
    async deliver(line: string): Promise<void> {
      tried.push(line);
      await anchor.act(line);
      taken.push(line);
    },
  };
  const queue = new AnchorQueue(anchor, { note: (text) => void notes.push(text) }, times);
  return { anchor, queue, taken, tried, notes };
}

const silent = (): Promise<void> => new Promise(() => undefined);
const away = (): Promise<void> => Promise.reject(new Error('away'));

test('heads go out in order, one after the other, and the end waits for the last', async () => {
  const { anchor, queue, taken, notes } = queued();
  let open = 0;
  anchor.act = async () => {
    open += 1;
    expect(open).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
  };
  const lines = Array.from({ length: 20 }, (_none, index) => `${index}`);
  for (const line of lines) queue.add(line);
  await queue.close();
  expect(taken).toEqual(lines);
  expect(notes).toEqual([]);
});

test('after an outage, noted once, what waited is handed over', async () => {
  const { anchor, queue, taken, tried, notes } = queued({ retryMs: 1 });
  anchor.act = away;
  queue.add('a');
  queue.add('b');
  await eventually('a second try', () => tried.length > 2);
  expect(taken).toEqual([]);
  anchor.act = () => Promise.resolve();
  await eventually('both heads', () => taken.length === 2);
  expect(taken).toEqual(['a', 'b']);
  expect(notes).toEqual(['audit anchor tests: away']);
  anchor.act = away;
  queue.add('c');
  await eventually('a further note', () => notes.length === 2);
  await queue.close();
  expect(notes.at(-1)).toBe('audit anchor tests: 1 heads were not delivered');
});

test('of more than may wait the oldest go, and are counted', async () => {
  const { anchor, queue, taken, tried, notes } = queued({ retryMs: 1 });
  anchor.act = away;
  for (let index = 0; index < ANCHOR_QUEUE_MAX + 10; index += 1) queue.add(`${index}`);
  await eventually('a try', () => tried.length > 0);
  anchor.act = () => Promise.resolve();
  await eventually('the newest head', () => taken.at(-1) === `${ANCHOR_QUEUE_MAX + 9}`);
  await queue.close();
  expect(taken).toHaveLength(ANCHOR_QUEUE_MAX);
  expect(taken[0]).toBe('10');
  expect(notes.at(-1)).toBe('audit anchor tests: 10 heads were not delivered');
});

test('a head that will never be taken does not hold up the next', async () => {
  const { anchor, queue, taken, notes } = queued();
  anchor.act = (line) => (line === 'a' ? Promise.reject(new AnchorRefusedError('no')) : Promise.resolve());
  queue.add('a');
  queue.add('b');
  await queue.close();
  expect(taken).toEqual(['b']);
  expect(notes).toEqual(['audit anchor tests: no', 'audit anchor tests: 1 heads were not delivered']);
});

test('one that never answers holds up neither the next try nor the end for longer than a bound', async () => {
  const slow = queued({ answerMs: 1, retryMs: 1 });
  slow.anchor.act = silent;
  slow.queue.add('a');
  await eventually('a second try', () => slow.tried.length > 1);
  await slow.queue.close();
  expect(slow.notes[0]).toBe('audit anchor tests: no answer in 1 ms');
  const ending = queued({ flushMs: 1 });
  ending.anchor.act = silent;
  ending.queue.add('a');
  await ending.queue.close();
  expect(ending.notes.at(-1)).toBe('audit anchor tests: 1 heads were not delivered');
});

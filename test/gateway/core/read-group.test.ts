import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadGroup } from '../../../src/gateway/core/read-group.js';

test('members of one turn are flushed together, each once and in order', async () => {
  const flushed: string[] = [];
  const group = new ReadGroup(() => undefined);
  const [a, b] = ['a', 'b'].map((name) => ({ flush: () => void flushed.push(name) }));
  if (a === undefined || b === undefined) throw new Error('there are two');
  group.add(a);
  group.add(b);
  group.add(a);
  expect(flushed).toEqual([]);
  await turn();
  expect(flushed).toEqual(['a', 'b']);
  group.add(b);
  await turn();
  expect(flushed).toEqual(['a', 'b', 'b']);
});

test('one that fails holds up none of the others', async () => {
  const defects: unknown[] = [];
  const group = new ReadGroup((error) => void defects.push(error));
  let flushed = false;
  group.add({
    flush() {
      throw new Error('broken');
    },
  });
  group.add({ flush: () => void (flushed = true) });
  await turn();
  expect([flushed, defects]).toEqual([true, [new Error('broken')]]);
});

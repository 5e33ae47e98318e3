import { expect, test } from 'vitest';
import { SharedLog } from '../../src/audit/shared-log.js';
import type { RecordLog } from '../../src/audit/writer-chain.js';

/** A record that is no more than a name. */
const record = (head: string) => ({ head, rest: '' });

/** A log whose next commits can be made to fail; a failed one loses what was staged. */
function sinkInTrouble() {
  const written: string[] = [];
  let staged: string[] = [];
  const state = { fails: false };
  const sink: RecordLog = {
    stage: ({ head }) => void staged.push(head),
    commit() {
      const lines = staged;
      staged = [];
      if (state.fails) throw new Error('the disk is full');
      written.push(...lines);
    },
    close: () => undefined,
  };
  return { sink, written, state };
}

test('one commit writes what all trails staged', () => {
  const { sink, written } = sinkInTrouble();
  const shared = new SharedLog(sink);
  const [first, second] = [shared.view(), shared.view()];
  first.stage(record('a'));
  second.stage(record('b'));
  first.commit();
  expect(written).toEqual(['a', 'b']);
  second.commit();
  expect(written).toEqual(['a', 'b']);
});

test('where a commit fails, every trail with a line in it hears so, once', () => {
  const { sink, written, state } = sinkInTrouble();
  const shared = new SharedLog(sink);
  const [first, second, third] = [shared.view(), shared.view(), shared.view()];
  first.stage(record('a'));
  second.stage(record('b'));
  state.fails = true;
  expect(() => first.commit()).toThrow('the disk is full');
  state.fails = false;
  // What follows a lost line goes with it, so that no record says what did not come to be.
  second.stage(record('b2'));
  third.stage(record('c'));
  expect(() => third.commit()).not.toThrow();
  expect(() => second.commit()).toThrow('the disk is full');
  expect(written).toEqual(['c']);
  second.stage(record('b3'));
  second.commit();
  expect(written).toEqual(['c', 'b3']);
});

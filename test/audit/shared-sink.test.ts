import { expect, test } from 'vitest';
import { SharedSink } from '../../src/audit/shared-sink.js';
import type { AuditSink } from '../../src/audit/sink.js';

/** A sink whose next commits can be made to fail; a failed one loses what was staged. */
function sinkInTrouble() {
  const written: string[] = [];
  let staged: string[] = [];
  const state = { fails: false };
  const sink: AuditSink = {
    stage: (line) => void staged.push(line),
    commit() {
      const lines = staged;
      staged = [];
      if (state.fails) throw new Error('the disk is full');
      written.push(...lines);
    },
    close: () => undefined,
    get failing() {
      return state.fails;
    },
  };
  return { sink, written, state };
}

test('one commit writes what all trails staged', () => {
  const { sink, written } = sinkInTrouble();
  const shared = new SharedSink(sink);
  const [first, second] = [shared.view(), shared.view()];
  first.stage('a');
  second.stage('b');
  first.commit();
  expect(written).toEqual(['a', 'b']);
  second.commit();
  expect(written).toEqual(['a', 'b']);
});

test('where a commit fails, every trail with a line in it hears so, once', () => {
  const { sink, written, state } = sinkInTrouble();
  const shared = new SharedSink(sink);
  const [first, second, third] = [shared.view(), shared.view(), shared.view()];
  first.stage('a');
  second.stage('b');
  state.fails = true;
  expect(() => first.commit()).toThrow('the disk is full');
  state.fails = false;
  // What follows a lost line goes with it, so that no record says what did not come to be.
  second.stage('b2');
  third.stage('c');
  expect(() => third.commit()).not.toThrow();
  expect(() => second.commit()).toThrow('the disk is full');
  expect(written).toEqual(['c']);
  second.stage('b3');
  second.commit();
  expect(written).toEqual(['c', 'b3']);
});

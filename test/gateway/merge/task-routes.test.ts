import { describe, expect, test } from 'vitest';
import { type TaskPlace, TaskRoutes } from '../../../src/gateway/merge/task-routes.js';
import {
  GATEWAY_CALLER_TASKS_MAX,
  GATEWAY_TASK_GRACE_MS,
  GATEWAY_TASK_ID_CHARS_MAX,
  GATEWAY_TASK_KEPT_MS_MAX,
  GATEWAY_TASKS_MAX,
} from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';

verifies('gateway:tasks');

const ADA = place('files', 'ada');
const BOB = place('files', 'bob');

function place(upstream: string, owner: string, connection = upstream): TaskPlace {
  return { upstream, owner, connection, isLasting: false };
}

function routes(): { routes: TaskRoutes; pass: (ms: number) => void; forgotten: (number | undefined)[] } {
  let nowMs = 0;
  let handles = 0;
  const forgotten: (number | undefined)[] = [];
  const made = new TaskRoutes({
    nowMs: () => nowMs,
    newHandle: () => `handle-${(handles += 1)}`,
    onForgotten: ({ madeBy }) => forgotten.push(madeBy),
  });
  return { routes: made, pass: (ms) => void (nowMs += ms), forgotten };
}

describe('a task', () => {
  test('is its owner’s alone, also where the id of another connection is the same', () => {
    const { routes: tasks } = routes();
    const one = tasks.learn(ADA, 't', null, 1);
    const other = tasks.learn(place('mail', 'ada'), 't', null, 2);
    expect(one?.exposed).not.toBe(other?.exposed);
    expect(tasks.find(one?.exposed ?? '')).toMatchObject({ upstream: 'files', id: 't' });
    expect(tasks.own(ADA, 't')).toBe(one);
    expect(tasks.own(BOB, 't')).toBeUndefined();
    expect([tasks.has('ada'), tasks.has('bob')]).toEqual([true, false]);
  });

  test('keeps its name as long as it is heard of', () => {
    const { routes: tasks, pass } = routes();
    const made = tasks.learn(ADA, 't', 1000, 1);
    pass(GATEWAY_TASK_GRACE_MS);
    expect(tasks.learn(ADA, 't', 1000)).toBe(made);
    pass(GATEWAY_TASK_GRACE_MS + 999);
    expect(tasks.own(ADA, 't')).toBe(made);
    pass(1);
    expect(tasks.own(ADA, 't')).toBeUndefined();
    expect(tasks.size).toBe(0);
  });

  test.each([null, undefined, Number.MAX_VALUE])(
    'that its server keeps for %s has an end all the same',
    (ttl) => {
      const { routes: tasks, pass, forgotten } = routes();
      tasks.learn(ADA, 't', ttl, 7);
      pass(GATEWAY_TASK_KEPT_MS_MAX - 1);
      tasks.expire();
      expect(tasks.size).toBe(1);
      pass(1);
      tasks.expire();
      expect([tasks.size, forgotten]).toEqual([0, [7]]);
    },
  );

  test('whose id a server gives away again belongs to who got it last', () => {
    const { routes: tasks } = routes();
    const before = tasks.learn(ADA, 'task-1', null, 1);
    const after = tasks.learn(BOB, 'task-1', null, 2);
    expect(tasks.find(before?.exposed ?? '')).toBeUndefined();
    expect(tasks.own(ADA, 'task-1')).toBeUndefined();
    expect(tasks.own(BOB, 'task-1')).toBe(after);
    const again = tasks.learn(BOB, 'task-1', null, 3);
    expect(again?.exposed).not.toBe(after?.exposed);
    expect(tasks.size).toBe(1);
  });

  test('with an endless id is not remembered', () => {
    const { routes: tasks } = routes();
    expect(tasks.learn(ADA, 'x'.repeat(GATEWAY_TASK_ID_CHARS_MAX), null, 1)).toBeDefined();
    expect(tasks.learn(ADA, 'x'.repeat(GATEWAY_TASK_ID_CHARS_MAX + 1), null, 1)).toBeUndefined();
  });
});

describe('forgetting', () => {
  test('a server forgets its tasks, a caller who is gone those of its connection, a lasting one none', () => {
    const { routes: tasks } = routes();
    tasks.learn(ADA, 'a', null, 1);
    tasks.learn(place('mail', 'ada'), 'b', null, 2);
    tasks.learn(BOB, 'c', null, 3);
    tasks.leave({ ...ADA, isLasting: true });
    expect(tasks.size).toBe(3);
    tasks.leave(ADA);
    expect([tasks.own(ADA, 'a'), tasks.size]).toEqual([undefined, 2]);
    tasks.forgetUpstream('files');
    expect([tasks.own(BOB, 'c'), tasks.size]).toEqual([undefined, 1]);
  });

  test('one caller can have so many; then its oldest goes, and nobody else’s', () => {
    const { routes: tasks } = routes();
    const bobs = tasks.learn(BOB, 'b', null, 1);
    for (let at = 0; at <= GATEWAY_CALLER_TASKS_MAX; at++) tasks.learn(ADA, `a-${at}`, null, at);
    expect(tasks.size).toBe(GATEWAY_CALLER_TASKS_MAX + 1);
    expect([tasks.own(ADA, 'a-0'), tasks.own(BOB, 'b')]).toEqual([undefined, bobs]);
    expect(tasks.own(ADA, 'a-1')).toBeDefined();
  });

  test('all callers together can have so many; then whoever has most loses the oldest', () => {
    const { routes: tasks } = routes();
    const few = tasks.learn(BOB, 'b', null, 1);
    const callers = GATEWAY_TASKS_MAX / (GATEWAY_CALLER_TASKS_MAX - 1);
    for (let who = 0; who <= callers; who++)
      for (let at = 1; at < GATEWAY_CALLER_TASKS_MAX; at++)
        tasks.learn(place('files', `caller-${who}`), `${who}-${at}`, null, at);
    expect(tasks.size).toBe(GATEWAY_TASKS_MAX);
    expect(tasks.own(BOB, 'b')).toBe(few);
  });
});

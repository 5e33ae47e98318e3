import { describe, expect, test } from 'vitest';
import { GATEWAY_TASK_GRACE_MS, GATEWAY_TASKS_PAGE } from '../../../src/platform/bounds.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';
import { legacyClient, type LegacyClient } from './support/clients.js';
import type { FakeReply } from './support/fake-reply.js';
import { FakeServer, tool } from './support/fake-server.js';
import { ADA, BOB, coreWith, type TestCore } from './support/test-core.js';

verifies('gateway:tasks');

const RELATED = 'io.modelcontextprotocol/related-task';
const CAPABILITIES = { tools: {}, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } };

function server(name: string, more: ConstructorParameters<typeof FakeServer>[1] = {}): FakeServer {
  return new FakeServer(name, { capabilities: CAPABILITIES, tools: [tool('run')], ...more });
}

function task(taskId: string, more: JsonObject = {}): JsonObject {
  return { taskId, status: 'working', createdAt: 'c', lastUpdatedAt: 'l', ttl: 60_000, ...more };
}

/** Has a tool run as a task, which the server calls `own`; the id that the client sees. */
async function made(
  client: LegacyClient,
  at: FakeServer,
  own: string,
  called = 0,
  name = '',
): Promise<string> {
  const params = { name: name || `${at.definition.name}__run`, arguments: {}, task: { ttl: 60_000 } };
  const reply = client.request(`make ${own}`, 'tools/call', params);
  const { id } = await at.got('tools/call', called);
  const [connection] = at.connections.filter(({ received }) => received.some((line) => line.id === id));
  connection?.result(id, { task: task(own) });
  const { result } = (await reply.answered()) as { result: { task: { taskId: string } } };
  return result.task.taskId;
}

async function answer(at: FakeServer, method: string, result: JsonObject, index = 0): Promise<JsonObject> {
  const { id, params } = await at.got(method, index);
  (await at.connection()).result(id, result);
  return params;
}

const NO_TASK = { error: { code: -32602, message: 'guard: there is no such task' } };

describe('tasks of several servers', () => {
  test('have ids of guard’s own, lead back to their server, and never mix', async () => {
    const [one, two] = [server('one'), server('two')];
    const client = await legacyClient(coreWith([one, two]));
    expect(client.greeting).toMatchObject({ result: { capabilities: { tasks: CAPABILITIES.tasks } } });
    const [a, b] = [await made(client, one, 'task-1'), await made(client, two, 'task-1')];
    expect(new Set([a, b, 'task-1']).size).toBe(3);
    const get = client.request(2, 'tasks/get', { taskId: b });
    expect(await answer(two, 'tasks/get', task('task-1'))).toEqual({ taskId: 'task-1' });
    expect(await get.answered()).toMatchObject({ id: 2, result: { taskId: b } });
    const result = client.request(3, 'tasks/result', { taskId: a });
    const related = { content: [], _meta: { [RELATED]: { taskId: 'task-1' }, x: 1 } };
    expect(await answer(one, 'tasks/result', related)).toEqual({ taskId: 'task-1' });
    expect(await result.answered()).toMatchObject({
      result: { content: [], _meta: { [RELATED]: { taskId: a }, x: 1 } },
    });
    const cancel = client.request(4, 'tasks/cancel', { taskId: b });
    expect(await answer(two, 'tasks/cancel', task('task-1', { status: 'cancelled' }))).toEqual({
      taskId: 'task-1',
    });
    expect(await cancel.answered()).toMatchObject({ result: { taskId: b, status: 'cancelled' } });
    expect((await one.connection()).of('tasks/cancel')).toEqual([]);
  });

  test.each(['task-1', 'a-guess'])(
    'an id that nobody gave the client, such as %s, leads nowhere',
    async (id) => {
      const [one, two] = [server('one'), server('two')];
      const core = coreWith([one, two]);
      const client = await legacyClient(core);
      await made(client, one, 'task-1');
      for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel'])
        expect(await client.request(method, method, { taskId: id }).answered()).toMatchObject(NO_TASK);
      expect(await client.request(9, 'tasks/get', { taskId: 7 }).answered()).toMatchObject({
        error: { code: -32602 },
      });
      expect(core.refusals).toHaveLength(4);
      expect((await one.connection()).received.filter(({ method }) => method?.startsWith('tasks/'))).toEqual(
        [],
      );
    },
  );

  test('are listed together, in pages', async () => {
    const [one, two] = [server('one'), server('two')];
    const client = await legacyClient(coreWith([one, two]));
    const ids: string[] = [];
    for (let at = 0; at < GATEWAY_TASKS_PAGE; at++) ids.push(await made(client, one, `t${at}`, at));
    ids.push(await made(client, two, 't0'));
    const page = async (turn: number, cursor?: string): Promise<FakeReply> => {
      const asked = client.request(`page ${turn}`, 'tasks/list', cursor === undefined ? {} : { cursor });
      await answer(one, 'tasks/list', { tasks: ids.slice(0, -1).map((_, at) => task(`t${at}`)) }, turn);
      await answer(two, 'tasks/list', { tasks: [task('t0', { own: 1 })] }, turn);
      return asked;
    };
    const first = (await (await page(0)).answered()) as {
      result: { tasks: JsonObject[]; nextCursor: string };
    };
    expect(first.result.tasks.map(({ taskId }) => taskId)).toEqual(ids.slice(0, -1));
    const second = await (await page(1, first.result.nextCursor)).answered();
    expect(second).toMatchObject({ result: { tasks: [{ taskId: ids.at(-1), own: 1 }] } });
    expect(second).not.toHaveProperty('result.nextCursor');
    expect(await (await page(2, 'none')).answered()).toMatchObject({ error: { code: -32602 } });
    expect(await client.request(4, 'tasks/list', { cursor: 7 }).answered()).toMatchObject({
      error: { code: -32602 },
    });
  });

  test('are forgotten some time after their server forgets them', async () => {
    const [one, two] = [server('one'), server('two')];
    const core = coreWith([one, two]);
    const client = await legacyClient(core);
    const id = await made(client, one, 'task-1');
    core.time.pass(60_000 + GATEWAY_TASK_GRACE_MS);
    expect(await client.request(2, 'tasks/get', { taskId: id }).answered()).toMatchObject(NO_TASK);
  });

  test('tell of their state and their progress on the stream of their client', async () => {
    const [one, two] = [server('one'), server('two')];
    const client = await legacyClient(coreWith([one, two]));
    const params = { name: 'one__run', arguments: {}, task: {}, _meta: { progressToken: 'mine' } };
    const reply = client.request(1, 'tools/call', params);
    const { id } = await one.got('tools/call');
    const connection = await one.connection();
    connection.result(id, { task: task('task-1') });
    const { result } = (await reply.answered()) as { result: { task: { taskId: string } } };
    const stream = client.listen();
    connection.say(
      `{"jsonrpc":"2.0","method":"notifications/tasks/status","params":${JSON.stringify(task('task-1'))}}`,
    );
    expect(await stream.event(0)).toMatchObject({ params: { taskId: result.task.taskId } });
    connection.say(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${String(id)},"progress":1}}`,
    );
    expect(await stream.event(1)).toMatchObject({ params: { progressToken: 'mine', progress: 1 } });
  });
});

async function shared(only?: string): Promise<{
  core: TestCore;
  one: FakeServer;
  ada: LegacyClient;
  bob: LegacyClient;
  adas: string;
  bobs: string;
}> {
  const one = server('one');
  const core = coreWith([one, server('two', { lists: { 'tasks/list': ['{"tasks":[]}'] } })]);
  const path = only === undefined ? {} : { upstream: only };
  const [ada, bob] = [
    await legacyClient(core, { who: ADA, ...path }),
    await legacyClient(core, { who: BOB, ...path }),
  ];
  const name = only === undefined ? 'one__run' : 'run';
  const adas = await made(ada, one, 'task-a', 0, name);
  const bobs = await made(bob, one, 'task-b', 1, name);
  return { core, one, ada, bob, adas, bobs };
}

describe('a server that several callers share', () => {
  test.each([undefined, 'one'])('shows nobody another one’s task (path of %s)', async (only) => {
    const { one, ada, bob, adas, bobs } = await shared(only);
    if (only !== undefined) expect([adas, bobs]).toEqual(['task-a', 'task-b']);
    for (const id of [adas, 'task-a'])
      for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel'])
        expect(await bob.request(`${method} ${id}`, method, { taskId: id }).answered()).toMatchObject(
          NO_TASK,
        );
    const both = { tasks: [task('task-a'), task('task-b'), task('task-c')] };
    const list = bob.request(7, 'tasks/list', {});
    await answer(one, 'tasks/list', both);
    expect(await list.answered()).toMatchObject({ result: { tasks: [{ taskId: bobs }] } });
    const own = ada.request(8, 'tasks/get', { taskId: adas });
    await answer(one, 'tasks/get', task('task-a'));
    expect(await own.answered()).toMatchObject({ result: { taskId: adas } });
  });

  test.each([undefined, 'one'])('tells nobody of another one’s task (path of %s)', async (only) => {
    const { one, ada, bob, adas } = await shared(only);
    const streams = [ada.listen(), bob.listen()];
    const connection = await one.connection();
    const meta = { _meta: { [RELATED]: { taskId: 'task-a' } } };
    for (const [method, params] of [
      ['notifications/tasks/status', task('task-a')],
      ['notifications/message', { level: 'info', data: 'x', ...meta }],
      ['notifications/tasks/status', task('task-of-nobody')],
      ['notifications/tools/list_changed', {}],
    ] as const)
      connection.say(JSON.stringify({ jsonrpc: '2.0', method, params }));
    expect(await streams[0]?.event(0)).toMatchObject({ params: { taskId: adas } });
    expect(await streams[0]?.event(1)).toMatchObject({ params: { _meta: { [RELATED]: { taskId: adas } } } });
    expect(await streams[0]?.event(2)).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(await streams[1]?.event(0)).toMatchObject({ method: 'notifications/tools/list_changed' });
  });

  test('a verified agent finds its tasks again in another session, and nobody else does', async () => {
    const { core, one, ada, adas } = await shared();
    ada.end();
    const again = await legacyClient(core, { who: ADA });
    const get = again.request(1, 'tasks/get', { taskId: adas });
    await answer(one, 'tasks/get', task('task-a'));
    expect(await get.answered()).toMatchObject({ result: { taskId: adas } });
  });

  test('agents that nobody knows have the tasks of their session only', async () => {
    const one = server('one');
    const core = coreWith([one, server('two')]);
    const who = { agent: undefined, key: 'anonymous', scopes: [], claims: {} };
    const [first, second] = [await legacyClient(core, { who }), await legacyClient(core, { who })];
    const id = await made(first, one, 'task-1');
    expect(await second.request(1, 'tasks/get', { taskId: id }).answered()).toMatchObject(NO_TASK);
    first.end();
    const third = await legacyClient(core, { who });
    expect(await third.request(1, 'tasks/get', { taskId: id }).answered()).toMatchObject(NO_TASK);
  });
});

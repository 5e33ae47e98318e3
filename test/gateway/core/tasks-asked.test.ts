import { describe, expect, test } from 'vitest';
import { GATEWAY_CLIENT_TASKS_MAX } from '../../../src/platform/bounds.js';
import { ClientTasks } from '../../../src/gateway/core/client-tasks.js';
import type { Leg } from '../../../src/gateway/core/leg.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { eventually } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';
import { legacyClient, modernRequest } from './support/clients.js';
import { type FakeConnection, FakeServer, type Received, tool } from './support/fake-server.js';
import { ADA, BOB, coreWith } from './support/test-core.js';

verifies('gateway:tasks');

const RELATED = 'io.modelcontextprotocol/related-task';
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const EXTENSION = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const TASK = { resultType: 'task', taskId: 'task-1', status: 'working', ttlMs: 60_000 };

function said(method: string, params: JsonObject, id?: string): string {
  return JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params });
}

/** What the client answered to a question of the server. */
function answerTo(connection: FakeConnection | undefined, id: string): Promise<Received> {
  return eventually(`the answer to ${id}`, () => connection?.received.find((line) => line.id === id));
}

describe('questions', () => {
  test('of a task carry the client’s id to the client, and the server’s own back', async () => {
    const servers = ['one', 'two'].map(
      (name) =>
        new FakeServer(name, {
          isolation: 'session',
          tools: [tool('run')],
          capabilities: { tools: {}, tasks: {} },
        }),
    );
    const client = await legacyClient(coreWith(servers));
    const call = client.request(1, 'tools/call', { name: 'one__run', arguments: {}, task: {} });
    const { id } = (await servers[0]?.got('tools/call')) ?? {};
    const connection = await servers[0]?.connection();
    connection?.result(id, { task: { taskId: 'task-1', ttl: null } });
    const { result } = (await call.answered()) as { result: { task: { taskId: string } } };
    const { taskId } = result.task;
    const stream = client.listen();
    connection?.say(
      said('elicitation/create', { message: 'm', _meta: { [RELATED]: { taskId: 'task-1' } } }, 'q'),
    );
    const asked = await stream.event(0);
    expect(asked).toMatchObject({ params: { _meta: { [RELATED]: { taskId } } } });
    client.respond(asked['id'], { action: 'accept', _meta: { [RELATED]: { taskId } } });
    expect(await answerTo(connection, 'q')).toMatchObject({
      id: 'q',
      result: { _meta: { [RELATED]: { taskId: 'task-1' } } },
    });
  });

  test('about a task of the client are for the server alone that asked for it', async () => {
    const servers = ['one', 'two'].map((name) => new FakeServer(name, { isolation: 'session' }));
    const client = await legacyClient(coreWith(servers));
    const [one, two] = [await servers[0]?.connection(), await servers[1]?.connection()];
    const stream = client.listen();
    one?.say(said('sampling/createMessage', { messages: [], maxTokens: 1, task: {} }, 'q1'));
    client.respond((await stream.event(0))['id'], { task: { taskId: 'mine', status: 'working' } });
    await answerTo(one, 'q1');
    two?.say(said('tasks/get', { taskId: 'mine' }, 'q2'));
    two?.say(said('tasks/list', {}, 'q3'));
    one?.say(said('tasks/get', { taskId: 'mine' }, 'q4'));
    expect(await stream.event(1)).toMatchObject({ method: 'tasks/get', params: { taskId: 'mine' } });
    await answerTo(two, 'q3');
    expect(two?.received.filter(({ error }) => error !== undefined)).toMatchObject([
      { id: 'q2', error: { code: -32601 } },
      { id: 'q3', error: { code: -32601 } },
    ]);
    client.notify('notifications/tasks/status', { taskId: 'mine', status: 'completed' });
    await one?.got('notifications/tasks/status');
    expect(two?.of('notifications/tasks/status')).toEqual([]);
  });
});

function answer(taskId: string): Buffer {
  return Buffer.from(`{"result":{"task":{"taskId":"${taskId}"}}}`);
}

function asking(taskId: string): Buffer {
  return Buffer.from(said('tasks/get', { taskId }, 'q'));
}

test('tasks of a client are bounded, and end with the server that asked for them', () => {
  const tasks = new ClientTasks();
  const [leg, other] = [{}, {}] as [Leg, Leg];
  for (let at = 0; at <= GATEWAY_CLIENT_TASKS_MAX; at++) tasks.answered(leg, answer(`t${at}`));
  expect([tasks.mayAsk(leg, asking('t0')), tasks.mayAsk(leg, asking('t1'))]).toEqual([false, true]);
  expect(tasks.mayAsk(other, asking('t1'))).toBe(false);
  tasks.answered(other, answer('t1'));
  tasks.forget(leg);
  expect([tasks.mayAsk(leg, asking('t2')), tasks.mayAsk(other, asking('t1'))]).toEqual([false, true]);
  expect(tasks.legsOf(asking('t1'))).toEqual([other]);
});

describe('tasks of the newer era', () => {
  const capabilities = { tools: {}, ...EXTENSION };

  function servers(): FakeServer[] {
    return ['one', 'two'].map(
      (name) => new FakeServer(name, { era: 'modern', tools: [tool('run')], capabilities }),
    );
  }

  async function made(core: ReturnType<typeof coreWith>, at: FakeServer, who = ADA): Promise<string> {
    const { name } = at.definition;
    const call = modernRequest(
      core,
      1,
      'tools/call',
      { name: `${name}__run` },
      { who, capabilities: EXTENSION },
    );
    const { id } = await at.got('tools/call');
    (await at.connection()).result(id, TASK);
    return ((await call.answered()) as { result: { taskId: string } }).result.taskId;
  }

  test('are mapped where the client takes them', async () => {
    const [one, two] = servers() as [FakeServer, FakeServer];
    const core = coreWith([one, two]);
    const [a, b] = [await made(core, one), await made(core, two)];
    expect(new Set([a, b, 'task-1']).size).toBe(3);
    const get = modernRequest(core, 3, 'tasks/get', { taskId: b });
    const { id, params } = await two.got('tasks/get');
    expect(params).toMatchObject({ taskId: 'task-1' });
    (await two.connection()).result(id, { ...TASK, resultType: 'complete', status: 'completed' });
    expect(await get.answered()).toMatchObject({ result: { taskId: b, status: 'completed' } });
    const update = modernRequest(core, 4, 'tasks/update', { taskId: a, inputResponses: {} });
    expect((await one.got('tasks/update')).params).toMatchObject({ taskId: 'task-1', inputResponses: {} });
    update.leave();
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel'])
      expect(await modernRequest(core, 5, method, { taskId: a }, { who: BOB }).answered()).toMatchObject({
        error: { code: -32602 },
      });
  });

  test('are listened to by their own client only', async () => {
    const [one, two] = servers() as [FakeServer, FakeServer];
    const core = coreWith([one, two]);
    const id = await made(core, one);
    const notifications = { taskIds: [id, 'task-1'] };
    const listen = modernRequest(core, 'l', 'subscriptions/listen', { notifications });
    const asked = await one.got('subscriptions/listen');
    expect(asked.params).toMatchObject({ notifications: { taskIds: ['task-1'] } });
    expect((await two.got('subscriptions/listen')).params).toMatchObject({ notifications: { taskIds: [] } });
    const connection = await one.connection();
    const _meta = { [SUBSCRIPTION]: asked.id as number };
    const granted = { notifications: { taskIds: ['task-1'] }, _meta };
    connection.say(said('notifications/subscriptions/acknowledged', granted));
    expect(await listen.event(0)).toMatchObject({ params: { notifications: { taskIds: [id] } } });
    connection.say(said('notifications/tasks', { taskId: 'task-1', status: 'completed', _meta }));
    expect(await listen.event(1)).toMatchObject({ params: { taskId: id, _meta: { [SUBSCRIPTION]: 'l' } } });
    const others = modernRequest(
      core,
      'o',
      'subscriptions/listen',
      { notifications: { taskIds: ['task-1'] } },
      { who: BOB, upstream: 'one' },
    );
    expect((await one.got('subscriptions/listen', 1)).params).toMatchObject({
      notifications: { taskIds: [] },
    });
    others.leave();
  });
});

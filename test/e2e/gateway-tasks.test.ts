import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, TaskStatusNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.js';
import { everything, useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:tasks:peers');

const { serve } = useGateway();
const INFO = { name: 'peer', version: '1' };
const ANY = z.looseObject({});
const MADE = z.looseObject({ task: z.looseObject({ taskId: z.string() }) });
const LISTED = z.looseObject({ tasks: z.array(z.looseObject({ taskId: z.string() })) });
const SERVERS = [everything({ name: 'one' }), everything({ name: 'two', isolation: 'session' as const })];
const RESEARCH = { topic: 'locks', ambiguous: true };

type TaskMethod = 'tasks/get' | 'tasks/result' | 'tasks/cancel';
type Ask = (method: TaskMethod, params: { taskId: string }) => Promise<unknown>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function v1(url: string): Promise<{ client: ClientV1; told: string[] }> {
  const client = new ClientV1(INFO, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: 'accept',
    content: { interpretation: 'technical' },
  }));
  const told: string[] = [];
  client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => void told.push(params.taskId));
  await client.connect(new HttpV1(new URL(url)));
  closing.push(() => client.close());
  return { client, told };
}

async function v2(url: string): Promise<ClientV2> {
  const client = new ClientV2(INFO, { capabilities: {}, versionNegotiation: { mode: 'legacy' } });
  await client.connect(new HttpV2(new URL(url)));
  closing.push(() => client.close());
  return client;
}

describe('tasks of a published server', () => {
  test('a client of version 1 runs one to its end, with the question that it asks on the way', async () => {
    const { sandbox, gateway } = await serve(SERVERS);
    const { client } = await v1(`${gateway.base}/mcp`);
    expect(client.getServerCapabilities()?.tasks).toMatchObject({
      list: {},
      requests: { tools: { call: {} } },
    });
    const seen: string[] = [];
    const ids = new Set<string>();
    const options = { task: { ttl: 60_000 } };
    const call = { name: 'two__simulate-research-query', arguments: RESEARCH };
    let text = '';
    for await (const message of client.experimental.tasks.callToolStream(call, undefined, options)) {
      seen.push(message.type);
      if (message.type === 'taskCreated' || message.type === 'taskStatus') ids.add(message.task.taskId);
      if (message.type === 'result') text = JSON.stringify(message.result);
    }
    expect([seen[0], seen.at(-1), ids.size]).toEqual(['taskCreated', 'result', 1]);
    expect(text).toContain('Research Report: locks (technical)');
    const { tasks } = await client.experimental.tasks.listTasks();
    expect(tasks).toMatchObject([{ taskId: [...ids][0], status: 'completed' }]);
    const methods = (): (string | null)[] =>
      sandbox.records().flatMap((record) => (record.type === 'outcome' ? [record.method] : []));
    await eventually('the records', () => methods().includes('tasks/list'));
    expect(methods()).toEqual(
      expect.arrayContaining(['tools/call', 'tasks/get', 'tasks/result', 'tasks/list']),
    );
    expect(JSON.stringify(sandbox.records())).not.toContain([...ids][0]);
  });

  test('clients of version 1 and 2 on one shared server have their own, and no others', async () => {
    const { gateway } = await serve(SERVERS);
    const [{ client: first, told }, second] = [
      await v1(`${gateway.base}/mcp`),
      await v2(`${gateway.base}/mcp`),
    ];
    const params = {
      name: 'one__simulate-research-query',
      arguments: { topic: 'keys' },
      task: { ttl: 60_000 },
    };
    const [a, b] = [
      await first.request({ method: 'tools/call', params }, MADE),
      await second.request({ method: 'tools/call', params }, MADE),
    ].map(({ task }) => task.taskId) as [string, string];
    const askers: readonly [Ask, string, string][] = [
      [(method, params) => first.request({ method, params }, ANY), a, b],
      [(method, params) => second.request({ method, params }, ANY), b, a],
    ];
    const lists = [
      await first.request({ method: 'tasks/list' }, LISTED),
      await second.request({ method: 'tasks/list' }, LISTED),
    ];
    expect(lists.map(({ tasks }) => tasks.map(({ taskId }) => taskId))).toEqual([[a], [b]]);
    for (const [ask, own, other] of askers) {
      expect(await ask('tasks/get', { taskId: own })).toMatchObject({ taskId: own });
      for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel'] as const)
        await expect(ask(method, { taskId: other })).rejects.toMatchObject({ code: -32602 });
    }
    expect(await second.request({ method: 'tasks/result', params: { taskId: b } }, ANY)).toMatchObject({
      content: [{ type: 'text' }],
    });
    expect(new Set(told)).toEqual(new Set([a]));
  });

  test('a task that its client cancels ends, and its server says so', async () => {
    const { gateway } = await serve(SERVERS);
    const client = await v2(`${gateway.base}/mcp`);
    const params = {
      name: 'one__simulate-research-query',
      arguments: { topic: 'doors' },
      task: { ttl: 60_000 },
    };
    const { task } = await client.request({ method: 'tools/call', params }, MADE);
    const { taskId } = task;
    expect(await client.request({ method: 'tasks/cancel', params: { taskId } }, ANY)).toMatchObject({
      taskId,
      status: 'cancelled',
    });
    expect(await client.request({ method: 'tasks/get', params: { taskId } }, ANY)).toMatchObject({
      status: 'cancelled',
    });
  });
});

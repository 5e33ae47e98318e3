import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { modernRequest } from './support/clients.js';
import { FakeServer } from './support/fake-server.js';
import { coreWith } from './support/test-core.js';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

describe('one subscription to several servers', () => {
  test('has one acknowledgement of what any of them grants, then what any of them tells', async () => {
    const servers = [new FakeServer('old'), new FakeServer('new', { era: 'modern' })];
    const core = coreWith(servers);
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['file:///a'] };
    const listen = modernRequest(core, 7, 'subscriptions/listen', { notifications });
    const [old, recent] = [await servers[0]?.connection(), await servers[1]?.connection()];
    const { id } = (await recent?.got('subscriptions/listen')) ?? {};
    recent?.say(
      `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{"toolsListChanged":true},"_meta":{"${SUBSCRIPTION}":${String(id)}}}}`,
    );
    expect(await listen.event(0)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications, _meta: { [SUBSCRIPTION]: 7 } },
    });
    old?.say('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
    expect(await listen.event(1)).toMatchObject({ params: { _meta: { [SUBSCRIPTION]: 7 } } });
    listen.leave();
    await recent?.got('notifications/cancelled');
    expect(core.exchanges.size).toBe(0);
  });

  test('tells of the lists that it listens for when the config changes them', async () => {
    const server = new FakeServer('old');
    const core = coreWith([server]);
    const listen = modernRequest(core, 'l', 'subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    await listen.event(0);
    for (const one of core.core.sessions.everyone()) one.listsChanged();
    expect(await listen.event(1)).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { [SUBSCRIPTION]: 'l' } },
    });
    listen.leave();
    await eventually('nobody who listens', () =>
      core.core.sessions.everyone().every((one) => one.caller.listens.size === 0),
    );
  });

  test('ends with its result when no server is left', async () => {
    const server = new FakeServer('new', { era: 'modern' });
    const core = coreWith([server]);
    const listen = modernRequest(core, 7, 'subscriptions/listen', { notifications: {} });
    await server.got('subscriptions/listen');
    (await server.connection()).end();
    expect(await listen.answered()).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { resultType: 'complete', _meta: { [SUBSCRIPTION]: 7 } },
    });
    await eventually('nothing open', () => core.exchanges.size === 0);
  });
});

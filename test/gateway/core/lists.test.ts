import { describe, expect, test } from 'vitest';
import { legacyClient, modernRequest } from './support/clients.js';
import { FakeServer, tool } from './support/fake-server.js';
import { listed } from './support/listed.js';
import { coreWith, DEAD } from './support/test-core.js';
import { verifies } from '../../requirements.js';

describe('a merged list', () => {
  verifies('gateway:merge');

  test('has the entries of every server in the order of the config, under their shown names', async () => {
    const servers = [
      new FakeServer('zoo', { tools: [tool('b'), tool('a')] }),
      new FakeServer('ape', { tools: [tool('a')] }),
    ];
    const core = coreWith(servers);
    const client = await legacyClient(core);
    const answer = await client.request('x', 'tools/list').answered();
    expect(answer).toMatchObject({ id: 'x' });
    expect(listed(answer)).toEqual(['zoo__b', 'zoo__a', 'ape__a']);
    const modern = await modernRequest(core, 1, 'tools/list').answered();
    expect(listed(modern)).toEqual(['zoo__b', 'zoo__a', 'ape__a']);
    expect(modern).toMatchObject({ result: { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } });
  });

  test('leaves a dead server out, and the rest works', async () => {
    const dead = new FakeServer('dead', { tools: [tool('x')] });
    dead.trouble = DEAD;
    const core = coreWith([dead, new FakeServer('ape', { tools: [tool('a')] })]);
    const client = await legacyClient(core);
    expect(listed(await client.request(1, 'tools/list').answered())).toEqual(['ape__a']);
    dead.trouble = null;
    expect(listed(await client.request(2, 'tools/list').answered())).toEqual(['dead__x', 'ape__a']);
  });

  test('leaves a server out that has not what is listed, or answers with what is no list', async () => {
    const none = new FakeServer('none', { capabilities: { tools: {} } });
    const odd = new FakeServer('odd', { lists: { 'prompts/list': ['{"prompts":"none"}'] } });
    const core = coreWith([none, odd, new FakeServer('ape', { prompts: [{ name: 'p' }] })]);
    const client = await legacyClient(core);
    expect(listed(await client.request(1, 'prompts/list').answered(), 'prompts')).toEqual(['ape__p']);
    expect((await none.connection()).of('prompts/list')).toEqual([]);
  });

  test('keeps the bytes of each entry but for its name', async () => {
    const files = new FakeServer('files', { lists: { 'tools/list': [`{"tools":[ ${entry('read')} ]}`] } });
    const client = await legacyClient(coreWith([files]));
    const open = client.request(1, 'tools/list');
    await open.answered();
    expect(open.answer).toBe(`{"jsonrpc":"2.0","id":1,"result":{"tools":[${entry('files__read')}]}}`);
  });

  test('comes whole, so no cursor of a client is known', async () => {
    const files = new FakeServer('files');
    const client = await legacyClient(coreWith([files]));
    const answer = await client.request(1, 'tools/list', { cursor: 'of the client' }).answered();
    expect(answer).toMatchObject({ id: 1, error: { code: -32602 } });
  });

  test('asks on until the last page, with the cursor as it came', async () => {
    const pages = [
      '{"tools":[{"name":"a"}],"nextCursor":""}',
      '{"tools":[{"name":"b"}],"nextCursor":"é 2"}',
      '{"tools":[{"name":"c"}]}',
    ];
    const files = new FakeServer('files', { lists: { 'tools/list': pages } });
    const client = await legacyClient(coreWith([files]));
    const answer = await client.request(1, 'tools/list').answered();
    expect(listed(answer)).toEqual(['files__a', 'files__b', 'files__c']);
    expect(answer).not.toHaveProperty('result.nextCursor');
    const cursors = (await files.connection()).of('tools/list').map(({ params }) => params['cursor']);
    expect(cursors).toEqual([undefined, '', 'é 2']);
  });

  test('hides what policy denies this caller', async () => {
    const files = new FakeServer('files', { tools: [tool('read'), tool('write')] });
    const core = coreWith([files], { rules: [{ name: 'no', match: { tool: 'write' }, action: 'deny' }] });
    const client = await legacyClient(core);
    expect(listed(await client.request(1, 'tools/list').answered())).toEqual(['files__read']);
    // Who calls it all the same hears what policy says.
    const denied = client.request(2, 'tools/call', { name: 'files__write', arguments: {} });
    expect(await denied.answered()).toMatchObject({ error: { code: -31001 } });
  });

  test('tells of a name that two servers share, once, and keeps the first', async () => {
    const plain = { namespaced: false, tools: [tool('read')] };
    const core = coreWith([new FakeServer('one', plain), new FakeServer('two', plain)]);
    const client = await legacyClient(core);
    expect(listed(await client.request(1, 'tools/list').answered())).toEqual(['read']);
    await client.request(2, 'tools/list').answered();
    expect(core.collisions).toEqual(['read']);
  });

  test('gives a name that two servers share to the first of the config, whoever answers first', async () => {
    const slow = new FakeServer('slow', { namespaced: false, silent: ['tools/list'] });
    const fast = new FakeServer('fast', {
      namespaced: false,
      tools: [tool('read', { title: 'of fast' }), tool('own')],
    });
    const client = await legacyClient(coreWith([slow, fast]));
    const open = client.request(1, 'tools/list');
    await fast.got('tools/list');
    const { id } = await slow.got('tools/list');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    (await slow.connection()).result(id, { tools: [tool('read', { title: 'of slow' })] });
    expect(await open.answered()).toMatchObject({
      result: { tools: [{ name: 'read', title: 'of slow' }, { name: 'own' }] },
    });
    client.request(2, 'tools/call', { name: 'read', arguments: {} });
    expect(await slow.got('tools/call')).toMatchObject({ params: { name: 'read' } });
  });
});

/** An entry that no parser and writer gives back as it is. */
function entry(name: string): string {
  return `{ "inputSchema":{"type":"object","maximum":12345678901234567890} ,"name" : "${name}","x":1.0}`;
}

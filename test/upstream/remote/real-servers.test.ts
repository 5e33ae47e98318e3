import { afterEach, describe, expect, test } from 'vitest';
import { drive, ENVELOPE, type RawDriver } from './raw-driver.js';
import { dualEraServer, everythingServer, type RealServer } from './real-servers.js';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function driverFor(server: RealServer): RawDriver {
  const driver = drive(server.url);
  open.push(server, driver.upstream);
  return driver;
}

describe.each(['streamableHttp', 'sse'] as const)('server-everything over %s', (mode) => {
  test('handshake, list, call, progress, a question of the server, the end', async () => {
    const driver = driverFor(await everythingServer(mode));
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { sampling: {} },
      clientInfo: { name: 'raw', version: '1' },
    };
    const answer = await driver.request({ id: 0, method: 'initialize', params });
    expect(answer.result).toMatchObject({ serverInfo: { name: 'mcp-servers/everything' } });
    driver.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const list = await driver.request({ id: 'list', method: 'tools/list' });
    expect(list.result?.['tools']).toContainEqual(expect.objectContaining({ name: 'echo' }));

    const echo = await driver.request({
      id: 1,
      method: 'tools/call',
      params: { name: 'echo', arguments: { message: 'é\u2028x' } },
    });
    expect(echo.result?.['content']).toEqual([{ type: 'text', text: 'Echo: é\u2028x' }]);

    driver.send({
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: {
        name: 'trigger-long-running-operation',
        arguments: { duration: 0.4, steps: 2 },
        _meta: { progressToken: 'p' },
      },
    });
    await driver.answer(2);
    expect(driver.lines.filter(({ method }) => method === 'notifications/progress')).toHaveLength(2);

    driver.send({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: { name: 'trigger-sampling-request', arguments: { prompt: 'hi', maxTokens: 5 } },
    });
    const question = await driver.until(({ method }) => method === 'sampling/createMessage');
    const result = { model: 'm', role: 'assistant', content: { type: 'text', text: 'sampled' } };
    driver.send({ jsonrpc: '2.0', id: question.id, result });
    expect(JSON.stringify((await driver.answer(3)).result)).toContain('sampled');
    expect(driver.notes).toEqual([]);
    await driver.upstream.close();
    await expect(driver.upstream.ended).resolves.toMatchObject({ exitCode: 0 });
  });

  test('it goes down in the middle of a call', async () => {
    const server = await everythingServer(mode);
    const driver = driverFor(server);
    await driver.initialize();
    driver.send({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'trigger-long-running-operation',
        arguments: { duration: 20, steps: 40 },
        _meta: { progressToken: 1 },
      },
    });
    await driver.until(({ method }) => method === 'notifications/progress');
    await server.close();
    if (mode === 'sse') {
      expect((await driver.answer(1)).error?.message).toMatch(
        /lost its event stream|closed its event stream/,
      );
      await expect(driver.upstream.ended).resolves.toMatchObject({ exitCode: 1 });
    } else {
      // Its events have ids, so the answer is asked for again until that is hopeless.
      await driver.upstream.close();
    }
  });
});

describe('server-everything over streamableHttp', () => {
  test('a modern probe gets the server’s own refusal, after which the legacy handshake works', async () => {
    const driver = driverFor(await everythingServer('streamableHttp'));
    const probe = await driver.request({
      id: 'probe',
      method: 'server/discover',
      params: { _meta: ENVELOPE },
    });
    expect(probe.error?.code).toBe(-32000);
    expect((await driver.initialize()).result).toBeDefined();
    expect((await driver.request({ id: 1, method: 'ping' })).result).toEqual({});
  });

  test('a session that the server forgot', async () => {
    const server = await everythingServer('streamableHttp');
    const driver = driverFor(server);
    await driver.initialize();
    await driver.request({ id: 1, method: 'ping' });
    await server.close();
    expect((await driver.request({ id: 2, method: 'ping' })).error?.message).toMatch(
      /ECONNREFUSED|ECONNRESET|EPIPE/,
    );
  });
});

describe('server-everything over sse', () => {
  test('a modern probe is answered over the older transport, and so is the handshake', async () => {
    const driver = driverFor(await everythingServer('sse'));
    const probe = await driver.request({
      id: 'probe',
      method: 'server/discover',
      params: { _meta: ENVELOPE },
    });
    expect(probe.error?.code).toBe(-32601);
    expect((await driver.initialize()).result).toBeDefined();
  });
});

describe('a server of both eras', () => {
  test('modern requests carry their mirrored headers', async () => {
    const server = await dualEraServer();
    const driver = driverFor(server);
    const discover = await driver.request({ id: 1, method: 'server/discover', params: { _meta: ENVELOPE } });
    expect(discover.result?.['supportedVersions']).toEqual(['2026-07-28']);
    const call = { name: 'echo', arguments: { text: 'hi' }, _meta: ENVELOPE };
    const echo = await driver.request({ id: 2, method: 'tools/call', params: call });
    expect(echo.result).toMatchObject({ resultType: 'complete', content: [{ type: 'text', text: 'hi' }] });
    expect(server.received.at(-1)).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    });
  });

  test('its refusals are the answers: an unknown method, and a revision that it lacks', async () => {
    const driver = driverFor(await dualEraServer());
    const unknown = await driver.request({ id: 1, method: 'no/such', params: { _meta: ENVELOPE } });
    expect(unknown.error?.code).toBe(-32601);
    const meta = { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': '1999-01-01' };
    const refused = await driver.request({ id: 2, method: 'tools/list', params: { _meta: meta } });
    expect(refused.error).toMatchObject({ code: -32022, data: { requested: '1999-01-01' } });
  });

  test('a cancelled call ends at the server', async () => {
    const server = await dualEraServer();
    const driver = driverFor(server);
    driver.send({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'wait', arguments: {}, _meta: ENVELOPE },
    });
    await expect.poll(() => server.waits.started).toBe(1);
    driver.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await expect.poll(() => server.waits.cancelled).toBe(1);
    expect(server.received).toHaveLength(1);
    expect(driver.lines).toEqual([]);
  });

  test('a subscription brings what changes, and closing does not wait for it', async () => {
    const server = await dualEraServer();
    const driver = driverFor(server);
    const params = { notifications: { toolsListChanged: true }, _meta: ENVELOPE };
    driver.send({ jsonrpc: '2.0', id: 9, method: 'subscriptions/listen', params });
    await driver.until(({ method }) => method === 'notifications/subscriptions/acknowledged');
    server.handler.notify.toolsChanged();
    await driver.until(({ method }) => method === 'notifications/tools/list_changed');
    const startedMs = performance.now();
    await driver.upstream.close();
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  test('its legacy side has no session, and needs none', async () => {
    const driver = driverFor(await dualEraServer());
    expect((await driver.initialize()).result).toMatchObject({ protocolVersion: '2025-11-25' });
    const echo = await driver.request({
      id: 1,
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'hi' } },
    });
    expect(echo.result?.['content']).toEqual([{ type: 'text', text: 'hi' }]);
    expect(driver.notes).toEqual([]);
  });
});

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { UpstreamEntry } from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { everything, filesystem, useGateway } from './gateway-peers.js';
import { type PeerClient, PEERS } from './peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:messages:both-eras', 'gateway:session:asks', 'gateway:legacy-sse');

const { serve, connect, connectSse } = useGateway();
const LONG = 'every__trigger-long-running-operation';

/** Whether the client was told something by this method. */
function heard({ notifications }: PeerClient, method: string): boolean {
  return notifications.some((notification) => notification.method === method);
}

function outcomes(sandbox: Sandbox, tool: string): string[] {
  return sandbox
    .records()
    .flatMap((record) => (record.type === 'outcome' && record.tool === tool ? [record.result] : []));
}

function both({ project }: Sandbox): readonly UpstreamEntry[] {
  return [everything(), filesystem(fs.realpathSync(project))];
}

describe.each(PEERS)('client %s', (kind) => {
  test('progress, cancellation, log messages and updates', async () => {
    const { sandbox, gateway } = await serve([everything()]);
    const client = await connect({ kind, url: `${gateway.base}/mcp` });
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
    await client.call(LONG, { duration: 0.3, steps: 3 }, { onprogress });
    // A client forgets the call's listener as the answer comes, so the last step may go unheard.
    expect(seen[0]).toBe(1);

    await client.setLevel('debug');
    await client.call('every__toggle-simulated-logging');
    await eventually('a log message', () => heard(client, 'notifications/message'));
    await client.subscribe('demo://resource/dynamic/text/1');
    await client.call('every__toggle-subscriber-updates');
    await eventually('an update', () => heard(client, 'notifications/resources/updated'));

    const stop = new AbortController();
    const call = client.call(LONG, { duration: 60, steps: 60 }, { signal: stop.signal });
    const cancelled = expect(call).rejects.toThrow();
    await eventually(
      'the second call',
      () =>
        sandbox.records().filter((record) => record.type === 'decision' && record.tool === LONG.slice(7))
          .length === 2,
    );
    stop.abort('enough');
    await cancelled;
    await eventually('the outcome', () => outcomes(sandbox, LONG.slice(7)).includes('cancelled'));
  });

  test('a server of its own for each session asks its own client', async () => {
    const { sandbox, gateway } = await serve([everything({ isolation: 'session' })]);
    const client = await connect({ kind, url: `${gateway.base}/mcp` });
    const sampled = await client.call('every__trigger-sampling-request', { prompt: 'x' });
    expect(sampled.text).toContain('sampled by the peer');
    const elicited = await client.call('every__trigger-elicitation-request');
    expect(elicited.text).toContain('elicited from the peer');
    expect((await client.call('every__get-roots-list')).text).toContain('file:///peer/root');
    const asked = sandbox
      .records()
      .flatMap((record) =>
        record.type === 'decision' && record.direction === 'server-to-client' ? [record.method] : [],
      );
    expect(new Set(asked)).toEqual(new Set(['roots/list', 'sampling/createMessage', 'elicitation/create']));
  });
});

test('a client of the transport of 2024-11-05', async () => {
  const policies = { rules: [{ name: 'no-sums', match: { tool: 'get-sum' }, action: 'deny' }] };
  const { gateway } = await serve(both, { policies, listen: { legacy_sse: true } });
  const client = await connectSse(`${gateway.base}/sse`);
  expect(await client.listTools()).toEqual(expect.arrayContaining(['every__echo', 'files__read_file']));
  expect(await client.call('every__echo', { message: 'x' })).toEqual({ isError: false, text: 'Echo: x' });
  expect((await client.call('every__get-sum', { a: 1, b: 2 })).text).toContain('is not available');
  await client.setLevel('debug');
  await client.call('every__toggle-simulated-logging');
  await eventually('a log message', () => heard(client, 'notifications/message'));
  const alone = await connectSse(`${gateway.base}/sse/every`);
  expect(await alone.listTools()).toContain('echo');
  expect(await alone.call('echo', { message: 'y' })).toEqual({ isError: false, text: 'Echo: y' });
});

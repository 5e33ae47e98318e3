import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer, PEERS } from './peers.js';
import { verifies } from '../requirements.js';

verifies('relay:era:legacy');

const open = useSandbox();
const PACKAGES = path.join(ROOT, 'node_modules', '@modelcontextprotocol');
const EVERYTHING = [path.join(PACKAGES, 'server-everything', 'dist', 'index.js'), 'stdio'];
const FILESYSTEM = path.join(PACKAGES, 'server-filesystem', 'dist', 'index.js');

const CONFIG = `
version: '1'
policies:
  rules:
    - name: no-env
      match: { tool: get-env }
      action: deny
      feedback: { message: 'The environment is private.', suggestion: 'Ask for one value.' }
    - name: small-sums
      match: { tool: get-sum, input: { '$.a': { gt: 100 } } }
      action: deny
`;

describe.each(PEERS)('client %s, server-everything', (kind) => {
  test('lists, calls, is denied, and reads', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer(kind, sandbox, EVERYTHING);
    const tools = await client.listTools();
    expect(tools).toContain('echo');
    expect(tools).not.toContain('get-env');
    expect(await client.call('echo', { message: 'héllo \u2028' })).toEqual({
      isError: false,
      text: 'Echo: héllo \u2028',
    });
    // Left out of the list, it is denied like a tool that does not exist.
    expect((await client.call('get-env')).text).toContain('is not available');
    expect(await client.call('get-sum', { a: 1, b: 2 })).toMatchObject({ isError: false });
    expect(await client.call('get-sum', { a: 101, b: 2 })).toMatchObject({ isError: true });
    expect(await client.call('no-such-tool')).toMatchObject({ isError: true });
    expect(await client.read('demo://resource/static/document/architecture.md')).toHaveProperty('contents');
    await client.close();
    expect(decisions(sandbox, 'get-env')).toEqual(['deny']);
    expect(decisions(sandbox, 'get-sum')).toEqual(['allow', 'deny']);
  });

  test('sampling, elicitation and roots go round', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer(kind, sandbox, EVERYTHING);
    expect((await client.call('trigger-sampling-request', { prompt: 'x' })).text).toContain(
      'sampled by the peer',
    );
    expect((await client.call('trigger-elicitation-request')).text).toContain('elicited from the peer');
    expect((await client.call('get-roots-list')).text).toContain('file:///peer/root');
    await client.close();
    const asked = sandbox
      .records()
      .flatMap((record) =>
        record.type === 'decision' && record.direction === 'server-to-client' ? [record.method] : [],
      );
    expect(new Set(asked)).toEqual(new Set(['roots/list', 'sampling/createMessage', 'elicitation/create']));
  });

  test('progress, cancellation, logging and subscriptions', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer(kind, sandbox, EVERYTHING);
    const seen: number[] = [];
    const work = { duration: 0.3, steps: 3 };
    await client.call('trigger-long-running-operation', work, {
      onprogress: ({ progress }) => seen.push(progress),
    });
    // A client forgets the call's listener as the answer comes, so the last step may go unheard.
    expect(seen[0]).toBe(1);

    const stop = new AbortController();
    const long = client.call(
      'trigger-long-running-operation',
      { duration: 60, steps: 60 },
      { signal: stop.signal },
    );
    const cancelled = expect(long).rejects.toThrow();
    await eventually('the decision', () => decisions(sandbox, 'trigger-long-running-operation').length === 2);
    stop.abort('enough');
    await cancelled;
    await eventually('the outcome', () =>
      outcomes(sandbox, 'trigger-long-running-operation').includes('cancelled'),
    );

    await client.setLevel('debug');
    await client.call('toggle-simulated-logging');
    await eventually('a log message', () =>
      client.notifications.some(({ method }) => method === 'notifications/message'),
    );
    await client.subscribe('demo://resource/dynamic/text/1');
    await client.call('toggle-subscriber-updates');
    const updated = 'notifications/resources/updated';
    await eventually('an update', () => client.notifications.some(({ method }) => method === updated));
    await client.close();
  });
});

describe.each(PEERS)('client %s, server-filesystem', (kind) => {
  test('reads where it may, and not where policy says no', async () => {
    const sandbox = open(`
version: '1'
policies:
  rules:
    - name: no-secrets
      match: { input: { '$.path': { path: '**/secret*' } } }
      action: deny
`);
    const folder = fs.realpathSync(sandbox.project);
    fs.writeFileSync(path.join(folder, 'open.txt'), 'to be read');
    fs.writeFileSync(path.join(folder, 'secret.txt'), 'not to be read');
    const client = await connectPeer(kind, sandbox, [FILESYSTEM, folder]);
    expect(await client.listTools()).toContain('read_text_file');
    expect((await client.call('read_text_file', { path: path.join(folder, 'open.txt') })).text).toBe(
      'to be read',
    );
    const denied = await client.call('read_text_file', { path: path.join(folder, 'secret.txt') });
    expect(denied).toMatchObject({ isError: true });
    expect(denied.text).toContain('no-secrets');
    await client.call('write_file', { path: path.join(folder, 'new.txt'), content: 'é' });
    expect(fs.readFileSync(path.join(folder, 'new.txt'), 'utf8')).toBe('é');
    await client.close();
  });
});

function decisions(sandbox: Sandbox, tool: string): string[] {
  return sandbox
    .records()
    .flatMap((record) => (record.type === 'decision' && record.tool === tool ? [record.decision] : []));
}

function outcomes(sandbox: Sandbox, tool: string): string[] {
  return sandbox
    .records()
    .flatMap((record) => (record.type === 'outcome' && record.tool === tool ? [record.result] : []));
}

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.js';
import { serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer } from './peers.js';
import { verifies } from '../requirements.js';

verifies('limits:round:once', 'relay:era:modern', 'policy:input-required', 'denial:modern-shape');

const open = useSandbox();
const CONFIG = `
version: '1'
policies:
  rules:
    - { name: no-deletes, match: { annotations: { destructiveHint: true }, tool: delete }, action: deny }
`;
const NO_QUESTIONS = `
version: '1'
policies:
  rules:
    - { name: no-questions, match: { method: elicitation/create }, action: deny }
`;

describe('a client and a server that speak revision 2026-07-28 through guard', () => {
  test('the era is found by a probe process that leaves no session behind', async () => {
    const sandbox = open(CONFIG);
    const starts = path.join(sandbox.folder, 'starts');
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern'), starts]);
    expect(client.era()).toBe('modern');
    expect(await client.call('echo', { text: 'hello' })).toEqual({ isError: false, text: 'hello' });
    expect(await client.call('echo', { text: 'again' })).toEqual({ isError: false, text: 'again' });
    await client.close();
    const writers = new Set(sandbox.records().map(({ writer }) => writer));
    // Each process that spoke wrote one session; a probe that only asked wrote no call.
    const calls = sandbox.records().filter((record) => record.type === 'decision' && record.tool === 'echo');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toMatchObject({ era: '2026-07-28', client: 'peer' });
    expect(writers.size).toBeLessThanOrEqual(fs.readFileSync(starts, 'utf8').trim().split('\n').length);
  });

  test('lists without what is hidden, and a denied call has the shape that the client accepts', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    const tools = await client.listTools();
    expect(tools).toContain('echo');
    expect(tools).not.toContain('delete');
    const denied = await client.call('delete');
    expect(denied).toMatchObject({ isError: true });
    expect(denied.text).toContain('is not available');
    expect(await client.read('test://note')).toMatchObject({ contents: [{ text: 'a note' }] });
    await client.close();
  });

  test('a question inside an answer is judged, answered by the client and retried', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    expect(await client.call('ask')).toEqual({ isError: false, text: 'answered accept' });
    await client.close();
    expect(steps(sandbox.records())).toEqual([
      'tools/call allow',
      'elicitation/create allow',
      'tools/call input-required',
      'tools/call allow',
      'tools/call ok',
    ]);
  });

  test('a call with a question is counted once, and the next one as a call of its own', async () => {
    const sandbox = open(`
version: '1'
policies:
  rules:
    - { name: once, match: { tool: ask }, action: rate_limit, limits: { max_calls: 1, window: 1h, key: global } }
`);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    expect(await client.call('ask')).toEqual({ isError: false, text: 'answered accept' });
    expect((await client.call('ask')).text).toContain('allows 1 call in 1 h and has counted 1 call');
    await client.close();
    expect(steps(sandbox.records()).at(-1)).toBe('tools/call denied');
  });

  test('a denied question ends the call with a denial that the client understands', async () => {
    const sandbox = open(NO_QUESTIONS);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    const denied = await client.call('ask');
    expect(denied).toMatchObject({ isError: true });
    expect(denied.text).toContain('no-questions');
    await client.close();
    expect(steps(sandbox.records())).toEqual([
      'tools/call allow',
      'elicitation/create deny',
      'tools/call denied',
    ]);
  });

  test('progress and cancellation', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    const seen: number[] = [];
    await client.call('slow', {}, { onprogress: ({ progress }) => seen.push(progress) });
    expect(seen[0]).toBe(1);
    const stop = new AbortController();
    const long = client.call('forever', {}, { signal: stop.signal });
    const cancelled = expect(long).rejects.toThrow();
    await eventually(
      'the call',
      () => steps(sandbox.records()).filter((step) => step === 'tools/call allow').length === 2,
    );
    stop.abort('enough');
    await cancelled;
    await eventually('the server to hear of it', () => client.stderr().includes('the call was cancelled'));
    await client.close();
  });

  test('a stream of changes: acknowledged, heard of, closed', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')]);
    const before = await client.listTools();
    const stream = await client.listen();
    await client.call('grow');
    const changed = 'notifications/tools/list_changed';
    await eventually('the change', () => client.notifications.some(({ method }) => method === changed));
    expect(await client.listTools()).toHaveLength(before.length + 1);
    await stream.close();
    expect(await client.call('echo', { text: 'still here' })).toEqual({ isError: false, text: 'still here' });
    await client.close();
    expect(steps(sandbox.records())).toContain('subscriptions/listen allow');
  });

  test('the same server and the legacy era: a question comes as a request', async () => {
    const sandbox = open(CONFIG);
    const client = await connectPeer('v2 legacy', sandbox, [serverFile('sdk-modern')]);
    expect(client.era()).toBe('legacy');
    expect(await client.call('ask')).toEqual({ isError: false, text: 'answered accept' });
    await client.close();
  });
});

/** What happened to tool calls and questions, in the order of the log. */
function steps(records: readonly AuditRecord[]): string[] {
  return records.flatMap((record) => {
    if (record.type === 'decision' && record.decision !== 'relay')
      return [`${record.method} ${record.decision}`];
    if (record.type === 'outcome' && record.method === 'tools/call')
      return [`${record.method} ${record.result}`];
    return [];
  });
}

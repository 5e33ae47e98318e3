import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.js';
import type { MoreConfig } from '../support/gateway-process.js';
import { everything, filesystem, useGateway } from './gateway-peers.js';
import { PEERS } from './peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:merge:one', 'gateway:merge:alone');

const { serve, connect } = useGateway();
const ARCHITECTURE = 'demo://resource/static/document/architecture.md';
const POLICIES = {
  rules: [
    {
      name: 'no-env',
      match: { tool: 'get-env' },
      action: 'deny',
      feedback: { message: 'The environment is private.', suggestion: 'Ask for one value.' },
    },
    {
      name: 'small-sums',
      match: { tool: 'get-sum', input: { '$.a': { gt: 100 } } },
      action: 'deny',
      feedback: { message: 'That sum is too large.', suggestion: 'Add smaller numbers.' },
    },
    {
      name: 'no-secrets',
      match: { tool: '*file', input: { '$.path': { path: '**/secret*' } } },
      action: 'deny',
    },
  ],
};

/** guard with both published servers behind it. */
function serveBoth(more: MoreConfig = {}): ReturnType<typeof serve> {
  return serve(({ project }) => [everything(), filesystem(fs.realpathSync(project))], {
    policies: POLICIES,
    ...more,
  });
}

describe.each(PEERS)('client %s', (kind) => {
  test('two servers are one: lists, calls, denials, resources, prompts and completions', async () => {
    const { gateway, sandbox } = await serveBoth();
    const client = await connect({ kind, url: `${gateway.base}/mcp` });
    expect(client.era()).toBe(kind === 'v2 auto' ? 'modern' : 'legacy');
    const tools = await client.listTools();
    expect(tools).toEqual(expect.arrayContaining(['every__echo', 'files__read_text_file']));
    expect(tools).not.toContain('every__get-env');
    expect(await client.call('every__echo', { message: 'héllo \u2028' })).toEqual({
      isError: false,
      text: 'Echo: héllo \u2028',
    });
    const file = path.join(fs.realpathSync(sandbox.project), 'new.txt');
    expect(await client.call('files__write_file', { path: file, content: 'é' })).toMatchObject({
      isError: false,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('é');
    expect(await client.call('files__read_text_file', { path: file })).toEqual({ isError: false, text: 'é' });

    const denied = await client.call('every__get-sum', { a: 101, b: 2 });
    expect(denied).toMatchObject({ isError: true });
    expect(denied.text).toContain('That sum is too large.');
    expect(denied.text).toContain('Add smaller numbers.');
    const secret = await client.call('files__read_text_file', { path: path.join(sandbox.project, 'secret') });
    expect(secret).toMatchObject({ isError: true });
    expect(secret.text).toContain('no-secrets');
    // Left out of the list, it is denied like a tool that does not exist.
    expect((await client.call('every__get-env')).text).toContain('is not available');
    for (const name of ['every__no-such-tool', 'no-such-tool'])
      await expect(client.call(name)).rejects.toThrow(`no server has "${name}"`);

    expect(await client.listResources()).toContain(ARCHITECTURE);
    expect(await client.read(ARCHITECTURE)).toMatchObject({ contents: [{ uri: ARCHITECTURE }] });
    // Known by its template alone, and asked for right after names that no server has.
    expect(await client.read('demo://resource/dynamic/text/3')).toHaveProperty('contents');
    expect(await client.listPrompts()).toContain('every__args-prompt');
    expect(await client.prompt('every__args-prompt', { city: 'Linz' })).toMatchObject({
      messages: [{ content: { text: "What's weather in Linz?" } }],
    });
    const completed = await client.complete('every__completable-prompt', { name: 'department', value: 'S' });
    expect(completed).toEqual(['Sales', 'Support']);
    expect(decisions(sandbox.records())).toEqual([
      'every echo allow',
      'files write_file allow',
      'files read_text_file allow',
      'every get-sum deny',
      'files read_text_file deny',
      'every get-env deny',
    ]);
  });

  test('each server alone, under its own names', async () => {
    const { gateway } = await serveBoth();
    const every = await connect({ kind, url: `${gateway.base}/mcp/every` });
    const files = await connect({ kind, url: `${gateway.base}/mcp/files` });
    expect(await every.listTools()).toContain('echo');
    expect(await every.listTools()).not.toContain('get-env');
    expect(await files.listTools()).toContain('read_text_file');
    expect(await every.call('echo', { message: 'x' })).toEqual({ isError: false, text: 'Echo: x' });
    expect(await every.call('read_text_file', { path: 'x' })).toMatchObject({ isError: true });
    expect((await every.call('get-sum', { a: 101, b: 1 })).text).toContain('too large');
    expect(await every.listPrompts()).toContain('simple-prompt');
    expect(await every.read(ARCHITECTURE)).toHaveProperty('contents');
    expect(await every.complete('completable-prompt', { name: 'department', value: 'E' })).toEqual([
      'Engineering',
    ]);
  });
});

function decisions(records: readonly AuditRecord[]): string[] {
  return records.flatMap((record) =>
    record.type === 'decision' && record.tool !== null
      ? [`${record.upstream} ${record.tool} ${record.decision}`]
      : [],
  );
}

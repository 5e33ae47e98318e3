import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBusBoard } from '../../src/approvals/bus/bus-board.js';
import type { ApprovalBoard, PendingApproval } from '../../src/approvals/board.js';
import type { DecisionRecord } from '../../src/audit/record.js';
import { systemClock } from '../../src/platform/clock.js';
import { builtGuard, ROOT, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { connectPeer, PEERS, type Person } from './peers.js';
import { verifies } from '../requirements.js';

verifies(
  'approval:hold:others-pass',
  'approval:hold:progress',
  'approval:client:elicitation',
  'approval:client:nobody',
  'approval:client:input-required',
  'approval:retry:kept',
  'approval:cancel:withdrawn',
  'approval:remember:session',
  'approval:audit:fields',
  'approval:reload:asked-again',
);

const open = useSandbox();
const FILESYSTEM = path.join(ROOT, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
const ASK_WRITES = `
version: '1'
policies:
  rules:
    - { name: ask-writes, match: { tool: [write_file, echo] }, action: require_approval, approval: { remember: session } }
`;
const HUMAN_MS = 1100;

/** A person at the client who needs a moment to read. */
function person(
  answer: 'approve' | 'decline',
  afterMs = 0,
): { readonly shown: string[]; readonly person: Person } {
  const shown: string[] = [];
  return {
    shown,
    async person(message) {
      shown.push(message);
      await delay(afterMs);
      return answer === 'approve'
        ? { action: 'accept', content: { decision: 'approve' } }
        : { action: 'decline' };
    },
  };
}

function boardOf(sandbox: Sandbox): ApprovalBoard {
  return createBusBoard({
    folder: path.join(sandbox.folder, 'state/guard/approvals'),
    clock: systemClock(),
    approver: { name: 'tester', presence: 'script' },
  });
}

function nextPending(board: ApprovalBoard): Promise<PendingApproval> {
  return eventually('a request on the bus', () => board.pending()[0]);
}

async function command(sandbox: Sandbox, ...words: string[]): Promise<{ code: number | null; text: string }> {
  const run = sandbox.spawn([process.execPath, builtGuard(), ...words]);
  const { code } = await run.ended;
  return { code, text: `${run.lines.join('\n')}${run.stderr}` };
}

function decisionsOn(sandbox: Sandbox, tool: string): DecisionRecord[] {
  return sandbox
    .records()
    .filter((record): record is DecisionRecord => record.type === 'decision' && record.tool === tool);
}

describe.each(PEERS)('client %s before the filesystem server', (kind) => {
  test('the person at the client approves in its own dialog', async () => {
    const sandbox = open(ASK_WRITES);
    const { shown, person: human } = person('approve');
    const client = await connectPeer(kind, sandbox, [FILESYSTEM, sandbox.project], [], human);
    await client.listTools();
    const file = path.join(sandbox.project, 'note.txt');
    const answer = await client.call('write_file', { path: file, content: 'approved words' });
    expect(answer.isError).toBe(false);
    expect(fs.readFileSync(file, 'utf8')).toBe('approved words');
    expect(shown[0]).toContain('the tool "write_file"');
    expect(shown[0]).toContain('approved words');
    const [asked, released] = decisionsOn(sandbox, 'write_file');
    expect(asked).toMatchObject({ decision: 'require_approval', approval: { state: 'pending' } });
    expect(released).toMatchObject({
      decision: 'allow',
      rule: 'ask-writes',
      approval: { state: 'approved', channel: 'client', presence: 'client', approver: 'user of peer' },
    });
    await client.close();
  });

  test('a slow refusal of the person counts, and the agent reads it', async () => {
    const sandbox = open(ASK_WRITES);
    const { person: human } = person('decline', HUMAN_MS);
    const client = await connectPeer(kind, sandbox, [FILESYSTEM, sandbox.project], [], human);
    await client.listTools();
    const file = path.join(sandbox.project, 'note.txt');
    const answer = await client.call('write_file', { path: file, content: 'x' });
    expect(answer).toMatchObject({ isError: true });
    expect(answer.text).toContain('a person denied it');
    expect(fs.existsSync(file)).toBe(false);
    await client.close();
  });

  test('a client without forms waits for the terminal, and its other calls do not', async () => {
    const sandbox = open(ASK_WRITES);
    const client = await connectPeer(kind, sandbox, [FILESYSTEM, sandbox.project], [], null);
    await client.listTools();
    const file = path.join(sandbox.project, 'note.txt');
    const held = client.call('write_file', { path: file, content: 'by script' });
    const board = boardOf(sandbox);
    const { request } = await nextPending(board);
    expect(await client.call('list_directory', { path: sandbox.project })).toMatchObject({ isError: false });
    expect(fs.existsSync(file)).toBe(false);
    expect(await command(sandbox, 'approve', request.id)).toMatchObject({ code: 0 });
    expect(await held).toMatchObject({ isError: false });
    expect(fs.readFileSync(file, 'utf8')).toBe('by script');
    expect((await command(sandbox, 'approve', request.id)).code).toBe(1);
    board.close();
    await client.close();
  });
});

test('guard deny with a reason reaches the agent', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [FILESYSTEM, sandbox.project], [], null);
  await client.listTools();
  const held = client.call('write_file', { path: path.join(sandbox.project, 'a'), content: 'x' });
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  expect((await command(sandbox, 'deny', request.id, '--reason', 'not on a Friday')).code).toBe(0);
  expect((await held).text).toContain('not on a Friday');
  expect(decisionsOn(sandbox, 'write_file').at(-1)).toMatchObject({
    decision: 'deny',
    reason: 'approval_denied',
    approval: { state: 'denied', reason: 'not on a Friday', channel: 'terminal', presence: 'script' },
  });
  board.close();
  await client.close();
});

test('a client that cancels its dialog at once leaves the request open elsewhere', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [FILESYSTEM, sandbox.project], [], () => ({
    action: 'cancel',
  }));
  await client.listTools();
  const file = path.join(sandbox.project, 'note.txt');
  const held = client.call('write_file', { path: file, content: 'x' });
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  await eventually('the note of it', () =>
    sandbox.records().some((record) => record.type === 'event' && record.event === 'approval-undelivered'),
  );
  expect(await board.answer(request, { decision: 'approved', reason: null, remember: null })).toEqual({
    kind: 'accepted',
  });
  expect(await held).toMatchObject({ isError: false });
  board.close();
  await client.close();
});

test('a client that timed out may come again with the same call, and with no other', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [FILESYSTEM, sandbox.project], [], null);
  await client.listTools();
  const file = path.join(sandbox.project, 'note.txt');
  const call = (content: string, timeout: number): Promise<unknown> =>
    client.call('write_file', { content, path: file }, { timeout });
  await expect(call('x', 300)).rejects.toThrow(/timed out/i);
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  expect(await board.answer(request, { decision: 'approved', reason: null, remember: null })).toEqual({
    kind: 'accepted',
  });
  expect(fs.existsSync(file)).toBe(false);
  const other = call('y', 400);
  await expect(other).rejects.toThrow(/timed out/i);
  expect(await client.call('write_file', { path: file, content: 'x' })).toMatchObject({ isError: false });
  expect(fs.readFileSync(file, 'utf8')).toBe('x');
  // Used up: the same call again needs a new answer.
  await expect(call('x', 400)).rejects.toThrow(/timed out/i);
  board.close();
  await client.close();
});

test('a call that the client takes back is withdrawn, and an answer after that releases nothing', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [FILESYSTEM, sandbox.project], [], null);
  await client.listTools();
  const file = path.join(sandbox.project, 'note.txt');
  const stop = new AbortController();
  const held = client.call('write_file', { path: file, content: 'x' }, { signal: stop.signal });
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  stop.abort('the user pressed Escape');
  await expect(held).rejects.toThrow();
  await eventually('the end of the request', () => board.pending().length === 0);
  expect(await board.answer(request, { decision: 'approved', reason: null, remember: null })).toMatchObject({
    kind: 'late',
  });
  expect(board.ended(1)[0]?.end).toMatchObject({ state: 'withdrawn' });
  await client.call('list_directory', { path: sandbox.project });
  expect(fs.existsSync(file)).toBe(false);
  board.close();
  await client.close();
});

test('progress is shown while a call waits', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v2 legacy', sandbox, [FILESYSTEM, sandbox.project], [], null);
  await client.listTools();
  const steps: number[] = [];
  const args = { path: path.join(sandbox.project, 'note.txt'), content: 'x' };
  const held = client.call('write_file', args, { onprogress: ({ progress }) => void steps.push(progress) });
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  await eventually('two steps of progress', () => steps.length >= 2, 15_000);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  await board.answer(request, { decision: 'denied', reason: null, remember: null });
  await held;
  board.close();
  await client.close();
}, 30_000);

describe('the modern era', () => {
  test('asks inside input_required, and the server never sees it', async () => {
    const sandbox = open(ASK_WRITES);
    const { shown, person: human } = person('approve');
    const client = await connectPeer('v2 auto', sandbox, [serverFile('sdk-modern')], [], human);
    expect(client.era()).toBe('modern');
    expect(await client.call('echo', { text: 'hello' })).toEqual({ isError: false, text: 'hello' });
    expect(shown).toHaveLength(1);
    const records = decisionsOn(sandbox, 'echo');
    expect(records.map(({ decision }) => decision)).toEqual([
      'require_approval',
      'require_approval',
      'allow',
    ]);
    expect(records.at(-1)).toMatchObject({ approval: { channel: 'client', state: 'approved' } });
    await client.close();
  });

  test('a question of the server itself carries its name', async () => {
    const sandbox = open(ASK_WRITES);
    const { shown, person: human } = person('approve');
    const client = await connectPeer(
      'v2 auto',
      sandbox,
      [serverFile('sdk-modern')],
      ['--server', 'files'],
      human,
    );
    await client.call('ask');
    expect(shown).toEqual(['[the server "files" asks] Sure?']);
    await client.close();
  });
});

test('an answer for the session lets the identical call pass without asking', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [serverFile('echo')], [], null);
  await client.listTools();
  const held = client.call('echo', { text: 'a' });
  const board = boardOf(sandbox);
  const { request } = await nextPending(board);
  expect(await command(sandbox, 'approve', request.id, '--remember', 'session')).toMatchObject({ code: 0 });
  await held;
  expect(await client.call('echo', { text: 'a' })).toMatchObject({ isError: false });
  expect(decisionsOn(sandbox, 'echo').at(-1)).toMatchObject({
    decision: 'allow',
    approval: { state: 'remembered' },
  });
  const different = client.call('echo', { text: 'b' }, { timeout: 400 });
  await expect(different).rejects.toThrow(/timed out/i);
  board.close();
  await client.close();
});

test('a policy that changed while a call waited asks again', async () => {
  const sandbox = open(ASK_WRITES);
  const client = await connectPeer('v1', sandbox, [FILESYSTEM, sandbox.project], [], null);
  await client.listTools();
  const file = path.join(sandbox.project, 'note.txt');
  const held = client.call('write_file', { path: file, content: 'x' });
  const board = boardOf(sandbox);
  const first = await nextPending(board);
  sandbox.writeConfig(`${ASK_WRITES}    - { name: more, match: { tool: nothing }, action: deny }\n`);
  await eventually('the reload', () => client.stderr().includes('policy reloaded'));
  await board.answer(first.request, { decision: 'approved', reason: null, remember: null });
  const second = await eventually('another request', () =>
    board.pending().find(({ request }) => request.id !== first.request.id),
  );
  expect(fs.existsSync(file)).toBe(false);
  await board.answer(second.request, { decision: 'approved', reason: null, remember: null });
  expect(await held).toMatchObject({ isError: false });
  board.close();
  await client.close();
});

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { builtGuard, ROOT } from '../support/built-guard.js';
import { within } from '../support/eventually.js';
import { type Pty, startPty } from '../support/pty.js';
import { pressUntil, shows } from '../support/pty-screen.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';
import { connectPeer, type PeerClient } from './peers.js';

verifies('tui:pty');

const sandbox = useSandbox();
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});

const FILESYSTEM = path.join(ROOT, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
const ASK = `
version: '1'
policies:
  rules:
    - name: ask
      match: { tool: [write_file, create_directory] }
      action: require_approval
      approval: { remember: project }
      feedback: { message: look at the path }
`;

interface Scene {
  readonly home: Sandbox;
  readonly client: PeerClient;
  readonly pty: Pty;
}

/** A client without forms, guard, the filesystem server, and a person at the screen. */
async function scene(): Promise<Scene> {
  const home = sandbox(ASK);
  const client = await connectPeer('v1', home, [FILESYSTEM, home.project], [], null);
  await client.listTools();
  const words = [process.execPath, builtGuard(), 'approve', '--as', 'alice'];
  const pty = startPty(words, { cwd: home.project, env: home.env });
  open.push(pty);
  await shows(pty, 'no call waits');
  return { home, client, pty };
}

async function leave({ client, pty }: Scene): Promise<void> {
  pty.write('q');
  expect(await within('the end of the screen', pty.ended)).toEqual({ code: 0, signal: null });
  await client.close();
}

describe('the screen in front of calls that guard holds', () => {
  test('a destructive call is read, confirmed by its id, and released', async () => {
    const all = await scene();
    const { home, client, pty } = all;
    const file = path.join(home.project, 'note.txt');
    const held = client.call('write_file', { path: file, content: 'approved on the screen' });
    await shows(pty, 'write_file');
    await shows(pty, 'may destroy');
    expect(fs.existsSync(file)).toBe(false);
    await pressUntil(
      pty,
      ' ',
      (text) => text.includes('approved on the screen') && !text.includes('before you approve'),
    );
    await pressUntil(pty, 'a', (text) => /type \w{4} to approve/.test(text));
    const end = /type (\w{4}) to approve/.exec(pty.screen().join('\n'))?.[1] ?? '';
    // What came too often stands in the line by now.
    pty.write('\u0015');
    for (const character of end.split('')) pty.write(character);
    await shows(pty, `to approve: ${end}_`);
    expect(fs.existsSync(file)).toBe(false);
    pty.write('\r');
    expect(await within('the answer', held)).toMatchObject({ isError: false });
    expect(fs.readFileSync(file, 'utf8')).toBe('approved on the screen');
    await shows(pty, 'approved: ');
    await leave(all);
  });

  test('a call is denied, and the agent reads the reason', async () => {
    const all = await scene();
    const { home, client, pty } = all;
    const file = path.join(home.project, 'note.txt');
    const held = client.call('write_file', { path: file, content: 'x' });
    await shows(pty, 'write_file');
    await pressUntil(pty, 'd', (text) => text.includes('reason (may be empty)'));
    pty.write('\u0015');
    pty.write('use another folder');
    await shows(pty, 'use another folder_');
    pty.write('\r');
    const answer = await within('the answer', held);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain('use another folder');
    expect(fs.existsSync(file)).toBe(false);
    await leave(all);
  });

  test('an answer that is remembered for the folder lets the same call pass without asking', async () => {
    const all = await scene();
    const { home, client, pty } = all;
    const folder = path.join(home.project, 'made');
    const held = client.call('create_directory', { path: folder });
    await shows(pty, 'create_directory');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    await pressUntil(pty, 'r', (text) => text.includes('until the session ends'));
    pty.write('o');
    await shows(pty, 'scope project');
    pty.write('\r');
    await shows(pty, 'y save and approve');
    pty.write('y');
    expect(await within('the answer', held)).toMatchObject({ isError: false });
    await shows(pty, 'approved and remembered');
    expect(await within('the second call', client.call('create_directory', { path: folder }))).toMatchObject({
      isError: false,
    });
    await shows(pty, 'no call waits');
    await leave(all);
  });

  test('a call that the client takes back goes from the screen, and what was typed answers nothing', async () => {
    const all = await scene();
    const { home, client, pty } = all;
    const gone = new AbortController();
    const file = path.join(home.project, 'note.txt');
    const held = client.call('write_file', { path: file, content: 'x' }, { signal: gone.signal });
    const failed = expect(held).rejects.toThrow();
    await shows(pty, 'write_file');
    await pressUntil(pty, 'd', (text) => text.includes('reason (may be empty)'));
    gone.abort();
    await failed;
    await shows(pty, 'was withdrawn');
    await shows(pty, 'no call waits');
    expect(fs.existsSync(file)).toBe(false);
    await leave(all);
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SeenServer, seenServerFileName } from '../../src/control/seen-server-file.js';
import { readSeenServers, SeenTools } from '../../src/control/seen-servers.js';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import { SEEN_SERVERS_MAX, SEEN_TOOLS_MAX } from '../../src/platform/bounds.js';
import { currentOwner } from '../../src/platform/process-owner.js';
import { verifies } from '../requirements.js';

verifies('dashboard:seen-servers');

let parent = '';
let folder = '';
const notes: string[] = [];

beforeEach(() => {
  notes.length = 0;
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-seen-'));
  folder = path.join(parent, 'state', 'servers');
});
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }));

function seenServer(server = 'files', names: readonly string[] = ['read', 'write']): SeenServer {
  const tools = names.map((name) => ({ name, standing: 'listed' as const, hints: DEFAULT_HINTS }));
  return { server, ...currentOwner(), seen: '2026-11-22T08:00:00.000Z', tools, more: 0 };
}

function write(...servers: readonly SeenServer[]): void {
  const seen = new SeenTools({ folder, note: (text) => notes.push(text) });
  for (const one of servers) seen.listed(one.server, () => one);
  seen.close();
}

test('what servers list is read again, whatever their names hold, and the latest counts', () => {
  expect(readSeenServers(folder)).toEqual({ servers: [], troubles: [] });
  write(seenServer('../../etc/passwd'), seenServer('files'));
  write(seenServer('files', ['read']));
  const { servers, troubles } = readSeenServers(folder);
  expect([servers, troubles]).toEqual([[seenServer('../../etc/passwd'), seenServer('files', ['read'])], []]);
  const mode = fs.statSync(path.join(folder, seenServerFileName('files'))).mode & 0o777;
  expect([mode, fs.readdirSync(parent)]).toEqual([0o600, ['state']]);
});

test('the same list is written once', () => {
  const seen = new SeenTools({ folder, note: (text) => notes.push(text) });
  const file = path.join(folder, seenServerFileName('files'));
  for (let count = 0; count < 100; count += 1) seen.listed('files', () => seenServer());
  expect(fs.existsSync(folder)).toBe(false);
  seen.close();
  fs.rmSync(file);
  seen.listed('files', () => seenServer());
  seen.close();
  expect(fs.existsSync(file)).toBe(false);
});

test('tools and servers beyond the bound are counted, and the oldest are given up', () => {
  const names = Array.from({ length: SEEN_TOOLS_MAX + 7 }, (_, index) => `tool ${index}`);
  write(seenServer('many', names));
  expect(readSeenServers(folder).servers[0]).toMatchObject({ more: 7 });
  for (let count = 0; count < SEEN_SERVERS_MAX + 3; count += 1) {
    write(seenServer(`server ${count}`, []));
    const file = path.join(folder, seenServerFileName(`server ${count}`));
    fs.utimesSync(file, 2_000_000_000 + count, 2_000_000_000 + count);
  }
  const { servers } = readSeenServers(folder);
  expect(servers).toHaveLength(SEEN_SERVERS_MAX);
  expect(servers.map(({ server }) => server)).not.toContain('many');
});

test.each<[string, (text: string) => string]>([
  ['cut off', (text) => text.slice(0, 40)],
  ['of another version', (text) => text.replace('"v": 1', '"v": 2')],
  ['of another server', (text) => text.replace('"files"', '"other"')],
  ['with a hint that is none', (text) => text.replace('"readOnlyHint": false', '"readOnlyHint": 1')],
  ['with a standing that is none', (text) => text.replace('"listed"', '"trusted"')],
  ['no object', () => 'null'],
])('a file that is %s is told of and not believed', (_what, change) => {
  write(seenServer());
  const file = path.join(folder, seenServerFileName('files'));
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  expect(readSeenServers(folder)).toEqual({
    servers: [],
    troubles: [`${file} is not as this guard writes it`],
  });
});

test('a folder that cannot be written is noted, and nothing else', () => {
  fs.mkdirSync(path.dirname(folder));
  fs.writeFileSync(folder, '');
  write(seenServer());
  expect(notes).toEqual([expect.stringContaining('cannot show the tools of this server')]);
});

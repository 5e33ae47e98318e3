import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findFiles, type FoundFile } from '../../../src/clients/files/find-files.js';
import { expandPlace } from '../../../src/clients/files/expand-place.js';
import type { FileWorld } from '../../../src/clients/files/file-world.js';
import { CLIENTS } from '../../../src/clients/table/clients.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';

verifies('install:files');

function world(folder: string, changes: Partial<FileWorld> = {}): FileWorld {
  return {
    platform: 'linux',
    home: path.join(folder, 'home'),
    env: {},
    project: path.join(folder, 'project'),
    user: process.getuid?.(),
    ...changes,
  };
}

function shown(found: readonly FoundFile[], folder: string): string[] {
  return found.map(
    ({ path: file, readers }) =>
      `${path.relative(folder, file)}: ${readers.map(({ client, place }) => `${client.id} ${place.scope}`).join(', ')}`,
  );
}

test('at least 25 clients have files, each with an id of its own', () => {
  expect(
    CLIENTS.filter(({ places }) => places.some(({ files, project }) => files ?? project)).length,
  ).toBeGreaterThanOrEqual(25);
  expect(new Set(CLIENTS.map(({ id }) => id)).size).toBe(CLIENTS.length);
});

test('the files of the user, by platform', () => {
  const names: Record<string, string> = {
    linux: 'home/.config/Claude/claude_desktop_config.json',
    darwin: 'home/Library/Application Support/Claude/claude_desktop_config.json',
    win32: 'roaming/Claude/claude_desktop_config.json',
  };
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const folder = folderWith({ [names[platform] ?? '']: '{}' });
    const env = { APPDATA: path.join(folder, 'roaming') };
    expect(shown(findFiles(CLIENTS, world(folder, { platform, env }), 'user'), folder)).toEqual([
      `${names[platform]}: claude-desktop user`,
    ]);
  }
});

test('on Windows the packaged Claude Desktop is found by any name of its package', () => {
  const folder = folderWith({
    'local/Packages/Claude_abc/LocalCache/Roaming/Claude/claude_desktop_config.json': '{}',
    'roaming/Claude/claude_desktop_config.json': '{}',
  });
  const env = { APPDATA: path.join(folder, 'roaming'), LOCALAPPDATA: path.join(folder, 'local') };
  expect(findFiles(CLIENTS, world(folder, { platform: 'win32', env }), 'user')).toHaveLength(2);
});

test('variables of clients move their files, XDG folders count on Linux', () => {
  const folder = folderWith({
    'codex/config.toml': '',
    'home/.codex/config.toml': '',
    'xdg/opencode/opencode.json': '{}',
    'own.json': '{}',
    'home/.config/opencode/opencode.json': '{}',
  });
  const env = {
    CODEX_HOME: path.join(folder, 'codex'),
    XDG_CONFIG_HOME: path.join(folder, 'xdg'),
    OPENCODE_CONFIG: path.join(folder, 'own.json'),
    CLAUDE_CONFIG_DIR: 'not-absolute',
  };
  expect(shown(findFiles(CLIENTS, world(folder, { env }), 'user'), folder)).toEqual([
    'codex/config.toml: codex user',
    'own.json: opencode user',
    'xdg/opencode/opencode.json: opencode user',
  ]);
});

test('a file that several clients read is found once, and read as the strictest of them does', () => {
  const folder = folderWith({ 'project/.mcp.json': '{}', 'home/.claude.json': '{}' });
  const [file, ...rest] = findFiles(CLIENTS, world(folder), 'project');
  expect(rest).toEqual([]);
  expect(file).toMatchObject({ shared: true, isDesktop: true, kind: { format: 'json' } });
  expect(file?.readers.map(({ client }) => client.id)).toEqual([
    'claude-code',
    'qwen-code',
    'copilot-cli',
    'vscode',
    'jetbrains-air',
    'visual-studio',
  ]);
  expect(file?.kind.keyPaths).toEqual([['mcpServers'], [], ['servers']]);
  expect(findFiles(CLIENTS, world(folder), 'all')).toHaveLength(2);
});

test('a symlink is followed, and the same file under two names is one', () => {
  const folder = folderWith({
    'dotfiles/mcp.json': '{}',
    'home/.lmstudio/x': '',
    'home/.cache/lm-studio/x': '',
  });
  for (const name of ['.lmstudio', '.cache/lm-studio']) {
    fs.symlinkSync(path.join(folder, 'dotfiles/mcp.json'), path.join(folder, 'home', name, 'mcp.json'));
  }
  const found = findFiles(CLIENTS, world(folder), 'user');
  expect(found).toHaveLength(1);
  expect(found[0]?.reading).toMatchObject({ file: { realPath: path.join(folder, 'dotfiles/mcp.json') } });
});

test.each<[string, (file: string) => void, Partial<FileWorld>, RegExp]>([
  ['a symlink that leads back to itself', (file) => fs.symlinkSync(file, file), {}, /leads back to itself/],
  ['a folder', (file) => fs.mkdirSync(file), {}, /is no regular file/],
  [
    'a file of another user',
    (file) => fs.writeFileSync(file, '{}'),
    { user: 4242 },
    /belongs to user \d+, expected 4242/,
  ],
])('%s is refused', (_what, make, changes, why) => {
  const folder = folderWith({ 'home/.cursor/x': '' });
  make(path.join(folder, 'home/.cursor/mcp.json'));
  const [found] = findFiles(CLIENTS, world(folder, changes), 'user');
  expect(found?.reading).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
});

test('a link to nothing is no file', () => {
  const folder = folderWith({ 'home/.cursor/x': '' });
  fs.symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'home/.cursor/mcp.json'));
  expect(findFiles(CLIENTS, world(folder), 'user')).toEqual([]);
});

test('a star stands for the names that are there', () => {
  const folder = folderWith({
    'project/.continue/mcpServers/b.yaml': '',
    'project/.continue/mcpServers/a.yaml': '',
    'project/.continue/mcpServers/c.txt': '',
  });
  const place = {
    scope: 'x',
    project: ['.continue/mcpServers/*.yaml'],
    format: 'yaml',
    keyPaths: [],
  } as const;
  expect(expandPlace(place, world(folder), 'all').map((file) => path.basename(file))).toEqual([
    'a.yaml',
    'b.yaml',
  ]);
  expect(expandPlace(place, world(folder), 'user')).toEqual([]);
});

import fs from 'node:fs';
import path from 'node:path';
import type { FileKind } from '../../src/clients/edit/file-plan.js';
import { CLIENTS } from '../../src/clients/table/clients.js';
import { ROOT } from '../support/source-files.js';

export const FIXTURES = path.join(ROOT, 'test/fixtures/clients');

/** Each file of the fixtures, with the client and the scope that it is an example of. */
const FILES: readonly (readonly [file: string, client: string, scope: string])[] = [
  ['amazon-q/mcp.json', 'amazon-q', 'user'],
  ['amp/settings.json', 'amp', 'user'],
  ['boltai/mcp.json', 'boltai', 'user'],
  ['claude-code/managed/managed-mcp.json', 'claude-code', 'managed'],
  ['claude-code/project/.mcp.json', 'claude-code', 'project'],
  ['claude-code/user/.claude.json', 'claude-code', 'user+local'],
  ['claude-desktop/macos/claude_desktop_config.json', 'claude-desktop', 'user'],
  ['claude-desktop/windows/claude_desktop_config.json', 'claude-desktop', 'user'],
  ['cline/cli/cline_mcp_settings.json', 'cline', 'user'],
  ['cline/ide/cline_mcp_settings.json', 'cline', 'user'],
  ['codex/project/config.toml', 'codex', 'project'],
  ['codex/user/config.toml', 'codex', 'user'],
  ['continue/block/playwright-mcp.yaml', 'continue', 'project'],
  ['continue/global/config.yaml', 'continue', 'user'],
  ['copilot-cli/mcp-config.json', 'copilot-cli', 'user'],
  ['cursor/global/mcp.json', 'cursor', 'user'],
  ['cursor/project/mcp.json', 'cursor', 'project'],
  ['fiveire/mcp.json', '5ire', 'user'],
  ['gemini-cli/settings.json', 'gemini-cli', 'user'],
  ['goose/config.yaml', 'goose', 'user'],
  ['junie/mcp.json', 'junie', 'user'],
  ['kilo/global/kilo.jsonc', 'kilo', 'user'],
  ['kilo/legacy-project/mcp.json', 'kilo', 'project, old'],
  ['kiro/agent/reviewer.json', 'kiro', 'agent'],
  ['kiro/user/mcp.json', 'kiro', 'user'],
  ['librechat/librechat.yaml', 'librechat', 'project'],
  ['lm-studio/mcp.json', 'lm-studio', 'user'],
  ['mcphost/.mcphost.yml', 'mcphost', 'user'],
  ['mcpo/config.json', 'mcpo', 'named'],
  ['opencode/global/opencode.jsonc', 'opencode', 'user'],
  ['opencode/native/opencode.json', 'opencode', 'user'],
  ['qwen-code/settings.json', 'qwen-code', 'user'],
  ['raycast/mcp-config.json', 'raycast', 'extension'],
  ['roo-code/global/mcp_settings.json', 'roo-code', 'user'],
  ['roo-code/project/mcp.json', 'roo-code', 'project'],
  ['visual-studio/.mcp.json', 'visual-studio', 'solution'],
  ['vscode/settings-legacy/settings.json', 'vscode', 'settings'],
  ['vscode/user/mcp.json', 'vscode', 'user'],
  ['vscode/workspace/mcp.json', 'vscode', 'project'],
  ['warp/.mcp.json', 'warp', 'user'],
  ['windsurf/mcp_config.json', 'windsurf', 'user'],
  ['witsy/settings.json', 'witsy', 'user'],
  ['zed/project/settings.json', 'zed', 'project'],
  ['zed/user/settings.json', 'zed', 'user'],
];

export interface FixtureFile {
  readonly file: string;
  readonly bytes: Buffer;
  readonly kind: FileKind;
}

/** How a client's file of this scope is to be understood; several scopes of one file with `+`. */
export function fileKind(id: string, scopes: string): FileKind {
  const client = CLIENTS.find((one) => one.id === id);
  const places = client?.places.filter(({ scope }) => scopes.split('+').includes(scope)) ?? [];
  const [first] = places;
  if (client === undefined || first === undefined) throw new Error(`no client ${id} with scope ${scopes}`);
  const { format, isList } = first;
  const keyPaths = places.flatMap((place) => place.keyPaths);
  return { format, keyPaths, client, ...(isList === undefined ? {} : { isList }) };
}

/** Every fixture, read. */
export function fixtureFiles(): FixtureFile[] {
  return FILES.map(([file, client, scope]) => ({
    file,
    bytes: fs.readFileSync(path.join(FIXTURES, file)),
    kind: fileKind(client, scope),
  }));
}

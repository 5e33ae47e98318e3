import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment, GuardPaths } from '../platform/paths.js';
import type { Located } from './locate.js';

/**
 * Files in which clients are told to start guard, relative to the home folder. Who can write them
 * can start the server without guard. A folder protects everything in it.
 */
const HOME_FILES: readonly string[] = [
  'Library/Application Support/Claude/claude_desktop_config.json',
  'AppData/Roaming/Claude/claude_desktop_config.json',
  '.config/Claude/claude_desktop_config.json',
  '.claude.json',
  '.cursor/mcp.json',
  'Library/Application Support/Code/User/mcp.json',
  'AppData/Roaming/Code/User/mcp.json',
  '.config/Code/User/mcp.json',
  '.vscode-server/data/User/mcp.json',
  '.codeium/windsurf/mcp_config.json',
  '.codeium/mcp_config.json',
  '.config/zed/settings.json',
  'AppData/Roaming/Zed/settings.json',
  '.cline/data/settings/cline_mcp_settings.json',
  '.config/kilo/kilo.jsonc',
  '.config/kilo/kilo.json',
  '.continue/config.yaml',
  '.gemini/settings.json',
  '.gemini/config/mcp_config.json',
  '.qwen/settings.json',
  '.codex/config.toml',
  '.copilot/mcp-config.json',
  '.junie/mcp/mcp.json',
  '.lmstudio/mcp.json',
  '.cache/lm-studio/mcp.json',
  '.config/goose/config.yaml',
  'AppData/Roaming/Block/goose/config/config.yaml',
  '.config/opencode/opencode.jsonc',
  '.config/opencode/opencode.json',
  '.kiro/settings/mcp.json',
  '.aws/amazonq/mcp.json',
  '.warp/.mcp.json',
  '.config/amp/settings.json',
  'AppData/Roaming/amp/settings.json',
  '.boltai/mcp.json',
  '.factory/mcp.json',
  '.mcphost.yml',
  '.mcphost.json',
  '.mcp.yml',
  '.mcp.json',
  '.opencode/opencode.jsonc',
  '.opencode/opencode.json',
  '.kilocode/cli/global/settings/mcp_settings.json',
  '.kiro/agents',
  '.aws/amazonq/agents',
  '.aws/amazonq/cli-agents',
  '.gemini/antigravity/mcp_config.json',
  '.kimi-code/mcp.json',
  '.kimi/mcp.json',
  '.qoder/mcp.json',
  '.vibe/config.toml',
  '.config/crush/crush.json',
  '.config/Trae/User/mcp.json',
  '.config/5ire/mcp.json',
  '.config/Witsy/settings.json',
];

/** The same files of projects, relative to the project's folder. */
const PROJECT_FILES: readonly string[] = [
  '.mcp.json',
  '.cursor/mcp.json',
  '.vscode/mcp.json',
  '.vs/mcp.json',
  '.zed/settings.json',
  '.roo/mcp.json',
  '.kilocode/mcp.json',
  '.gemini/settings.json',
  '.qwen/settings.json',
  '.codex/config.toml',
  '.github/mcp.json',
  '.junie/mcp/mcp.json',
  '.air/mcp.json',
  'opencode.json',
  'opencode.jsonc',
  '.kiro/settings/mcp.json',
  '.amazonq/mcp.json',
  '.warp/.mcp.json',
  '.amp/settings.json',
  'kilo.json',
  'kilo.jsonc',
  '.kilo/kilo.json',
  '.kilo/kilo.jsonc',
  '.kilocode/kilo.jsonc',
  '.opencode/opencode.json',
  '.opencode/opencode.jsonc',
  '.continue/mcpServers',
  '.kiro/agents',
  '.crush.json',
  'librechat.yaml',
];

/** Folders that some clients can be told to use in place of their own. */
const HOME_VARIABLES: readonly (readonly [variable: string, file: string])[] = [
  ['CLAUDE_CONFIG_DIR', '.claude.json'],
  ['CODEX_HOME', 'config.toml'],
  ['COPILOT_HOME', 'mcp-config.json'],
  ['CLINE_MCP_SETTINGS_PATH', ''],
  ['OPENCODE_CONFIG', ''],
];

/** What self-protection needs to know. */
export interface ProtectedPathsOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly paths: GuardPaths;
  readonly located: Located;
  /** Absolute; the audit log and further audit files in force. */
  readonly auditFiles: readonly string[];
  /** Absolute; what config files add. */
  readonly further: readonly string[];
  readonly home?: string;
}

/**
 * Absolute files and folders that no governed call may touch: guard's config files and the places
 * where they could appear, its state and audit files, and the client config files that start it.
 */
export function protectedPaths(options: ProtectedPathsOptions): string[] {
  const { cwd, env, paths, located } = options;
  const home = options.home ?? homedir();
  const layerFiles = located.layers.map((layer) => layer.path);
  // A new project file does harm only where it would be found before the one in force. Agents edit
  // package.json all day: it is protected only where it holds the policy.
  const hasProject = located.layers.some(({ layer }) => layer === 'project');
  const places = hasProject
    ? located.candidates.filter((place) => path.basename(place) !== 'package.json')
    : [];
  const moved = HOME_VARIABLES.flatMap(([variable, file]) => {
    const folder = env[variable];
    return folder !== undefined && path.isAbsolute(folder) ? [path.join(folder, file)] : [];
  });
  return [
    ...new Set([
      ...layerFiles,
      ...places,
      path.dirname(paths.systemConfigFile),
      paths.userConfigDir,
      paths.stateDir,
      paths.auditFile,
      ...options.auditFiles,
      ...HOME_FILES.map((file) => path.join(home, file)),
      ...moved,
      ...PROJECT_FILES.map((file) => path.join(cwd, file)),
      ...options.further,
    ]),
  ];
}

import {
  type Client,
  COMMAND_LIST_SHAPE,
  COMMON_SHAPE,
  inAppData,
  inConfig,
  inHome,
  MCP_SERVERS,
} from './client.js';

const EDITOR = { kind: 'gui', environment: 'all', cwd: 'project', variables: '${env:V}' } as const;
const SERVERS: readonly (readonly string[])[] = [['servers']];
/** Editors that are built from the same source keep their files under names of their own. */
const CODE_LIKE = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'];
const CODE_USERS = CODE_LIKE.slice(0, 3);

/** Editors and what is built into them. */
export const EDITOR_CLIENTS: readonly Client[] = [
  {
    ...EDITOR,
    id: 'cursor',
    name: 'Cursor',
    places: [
      { scope: 'user', files: inHome('.cursor/mcp.json'), format: 'json-lenient', keyPaths: MCP_SERVERS },
      { scope: 'project', project: ['.cursor/mcp.json'], format: 'json-lenient', keyPaths: MCP_SERVERS },
      {
        scope: 'plugin',
        files: inHome('.cursor/plugins/*/mcp.json', '.cursor/plugins/*/*/mcp.json'),
        format: 'json-lenient',
        keyPaths: MCP_SERVERS,
        managed: true,
      },
    ],
    shape: COMMON_SHAPE,
    callMs: 60_000,
    variables: '${env:V}, ${workspaceFolder}, ${userHome}',
    restart: 'switch the server off and on in its settings, or reload the window',
  },
  {
    ...EDITOR,
    id: 'vscode',
    name: 'Visual Studio Code',
    places: [
      {
        scope: 'user',
        files: inAppData(...CODE_USERS.map((name) => `${name}/User/mcp.json`)),
        format: 'json-lenient',
        keyPaths: SERVERS,
      },
      {
        scope: 'profile',
        files: inAppData(...CODE_USERS.map((name) => `${name}/User/profiles/*/mcp.json`)),
        format: 'json-lenient',
        keyPaths: SERVERS,
      },
      {
        scope: 'remote',
        files: inHome('.vscode-server/data/User/mcp.json'),
        format: 'json-lenient',
        keyPaths: SERVERS,
      },
      {
        scope: 'settings',
        files: inAppData(...CODE_USERS.map((name) => `${name}/User/settings.json`)),
        format: 'json-lenient',
        keyPaths: [['mcp', 'servers']],
      },
      { scope: 'project', project: ['.vscode/mcp.json'], format: 'json-lenient', keyPaths: SERVERS },
      { scope: 'shared', project: ['.mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: { ...COMMON_SHAPE, stdioType: 'stdio' },
    callMs: Number.POSITIVE_INFINITY,
    progress: 'resets',
    variables: '${input:id}, ${env:V}, ${workspaceFolder}',
    restart: 'MCP: List Servers > Restart; it asks for trust again',
  },
  {
    ...EDITOR,
    id: 'windsurf',
    name: 'Windsurf',
    places: [
      {
        scope: 'user',
        files: inHome('.codeium/windsurf/mcp_config.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      {
        scope: 'JetBrains plugin',
        files: inHome('.codeium/mcp_config.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: { ...COMMON_SHAPE, url: ['serverUrl', 'url'] },
    variables: '${env:V}, ${file:path}',
    restart: 'the refresh button',
  },
  {
    ...EDITOR,
    id: 'zed',
    name: 'Zed',
    places: [
      {
        scope: 'user',
        files: { ...inConfig('%APPDATA%', 'zed/settings.json'), win32: ['%APPDATA%/Zed/settings.json'] },
        format: 'json-lenient',
        keyPaths: [['context_servers']],
      },
      {
        scope: 'project',
        project: ['.zed/settings.json'],
        format: 'json-lenient',
        keyPaths: [['context_servers']],
      },
    ],
    shape: COMMON_SHAPE,
    variables: 'none',
    restart: 'nothing: it reads the file when it changes',
  },
  {
    ...EDITOR,
    id: 'cline',
    name: 'Cline',
    places: [
      {
        scope: 'user',
        files: inHome('.cline/data/settings/cline_mcp_settings.json'),
        override: { variable: 'CLINE_MCP_SETTINGS_PATH' },
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      {
        scope: 'editor',
        files: inAppData(
          ...CODE_LIKE.map(
            (name) => `${name}/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json`,
          ),
        ),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    connectMs: 3000,
    callMs: 60_000,
    timeout: { key: 'timeout', unit: 's' },
    variables: '${env:V} in the editor; the command line passes it on as it is',
    restart: 'nothing: it watches the file',
    locks: true,
  },
  {
    ...EDITOR,
    id: 'roo-code',
    name: 'Roo Code',
    places: [
      {
        scope: 'user',
        files: inAppData(
          ...CODE_LIKE.map(
            (name) => `${name}/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json`,
          ),
        ),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      { scope: 'project', project: ['.roo/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: COMMON_SHAPE,
    callMs: 60_000,
    timeout: { key: 'timeout', unit: 's' },
    restart: 'nothing: it watches the file',
  },
  {
    ...EDITOR,
    id: 'kilo',
    name: 'Kilo Code',
    kind: 'cli',
    places: [
      {
        scope: 'user',
        files: inConfig('~/.config', 'kilo/kilo.jsonc', 'kilo/kilo.json'),
        format: 'json-lenient',
        keyPaths: [['mcp']],
      },
      {
        scope: 'project',
        project: ['kilo.jsonc', 'kilo.json', '.kilo/kilo.jsonc', '.kilo/kilo.json', '.kilocode/kilo.jsonc'],
        format: 'json-lenient',
        keyPaths: [['mcp']],
      },
      {
        scope: 'user, old',
        files: inHome('.kilocode/cli/global/settings/mcp_settings.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      { scope: 'project, old', project: ['.kilocode/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: COMMAND_LIST_SHAPE,
    callMs: 60_000,
    progress: 'resets',
    variables: '{env:V}',
    restart: 'start it again',
  },
  {
    ...EDITOR,
    id: 'continue',
    name: 'Continue',
    places: [
      {
        scope: 'user',
        files: inHome('.continue/config.yaml'),
        format: 'yaml',
        keyPaths: MCP_SERVERS,
        isList: true,
      },
      {
        scope: 'project',
        project: ['.continue/mcpServers/*.yaml'],
        format: 'yaml',
        keyPaths: MCP_SERVERS,
        isList: true,
      },
      {
        scope: 'project, JSON',
        project: ['.continue/mcpServers/*.json'],
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    variables: '${{ secrets.V }}',
    restart: 'nothing: it reads the file when it is saved',
  },
];

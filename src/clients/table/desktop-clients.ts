import { type Client, COMMON_SHAPE, inAppData, inConfig, inHome, MCP_SERVERS } from './client.js';

const GUI = { kind: 'gui', environment: 'all', cwd: 'root', variables: 'none' } as const;

/** Chat programs with windows. Sources of every value: docs/clients.md. */
export const DESKTOP_CLIENTS: readonly Client[] = [
  {
    ...GUI,
    id: 'claude-desktop',
    name: 'Claude Desktop',
    places: [
      {
        scope: 'user',
        files: {
          ...inAppData('Claude/claude_desktop_config.json'),
          win32: [
            '%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json',
            '%APPDATA%/Claude/claude_desktop_config.json',
          ],
        },
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: { ...COMMON_SHAPE, url: [] },
    callMs: 240_000,
    progress: 'ignored',
    environment: 'bare',
    restart: 'quit it completely, from the tray too, and start it again',
    overwritesWhile: {
      darwin: ['Claude.app/Contents/MacOS/Claude'],
      linux: ['claude-desktop'],
      win32: ['claude.exe'],
    },
  },
  {
    ...GUI,
    id: 'lm-studio',
    name: 'LM Studio',
    places: [
      {
        scope: 'user',
        files: inHome('.lmstudio/mcp.json', '.cache/lm-studio/mcp.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    restart: 'save mcp.json in its editor, or start it again',
  },
  {
    ...GUI,
    id: 'goose',
    name: 'goose',
    cwd: 'project',
    places: [
      {
        scope: 'user',
        files: { ...inConfig('', 'goose/config.yaml'), win32: ['%APPDATA%/Block/goose/config/config.yaml'] },
        format: 'yaml',
        keyPaths: [['extensions']],
      },
    ],
    shape: { command: 'cmd', env: 'envs', url: ['uri'], headers: 'headers', stdioType: 'stdio' },
    callMs: 300_000,
    timeout: { key: 'timeout', unit: 's' },
    variables: 'none; env_keys come from the keyring',
    restart: 'start it again',
  },
  {
    ...GUI,
    id: 'raycast',
    name: 'Raycast',
    // Its file lies in the folder of an extension, whose name differs from machine to machine.
    places: [{ scope: 'extension', format: 'json', keyPaths: MCP_SERVERS }],
    shape: { ...COMMON_SHAPE, headers: '' },
    restart: 'start it again',
  },
  {
    ...GUI,
    id: 'witsy',
    name: 'Witsy',
    places: [
      {
        scope: 'user',
        files: inAppData('Witsy/settings.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      {
        scope: 'user, second list',
        files: inAppData('Witsy/settings.json'),
        format: 'json',
        keyPaths: [['mcp', 'servers']],
        isList: true,
        managed: true,
      },
    ],
    shape: COMMON_SHAPE,
    callMs: 60_000,
    environment: 'bare',
    restart: 'nothing: it watches the file',
    splitsWords: true,
  },
  {
    ...GUI,
    id: 'boltai',
    name: 'BoltAI',
    places: [
      { scope: 'user', files: { darwin: ['~/.boltai/mcp.json'] }, format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: { ...COMMON_SHAPE, url: [] },
    restart: 'start it again',
  },
  {
    ...GUI,
    id: '5ire',
    name: '5ire',
    places: [{ scope: 'user', files: inAppData('5ire/mcp.json'), format: 'json', keyPaths: MCP_SERVERS }],
    shape: { ...COMMON_SHAPE, stdioType: 'local' },
    environment: 'bare',
    restart: 'start it again; it writes the file when a server is switched on',
  },
  {
    ...GUI,
    id: 'librechat',
    name: 'LibreChat',
    kind: 'cli',
    cwd: 'project',
    places: [
      {
        scope: 'project',
        project: ['librechat.yaml'],
        override: { variable: 'CONFIG_PATH' },
        format: 'yaml',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    timeout: { key: 'timeout', unit: 'ms' },
    variables: '${V} in env and url',
    restart: 'restart the server; in a container guard must be in the image',
  },
  {
    ...GUI,
    id: 'mcpo',
    name: 'mcpo (Open WebUI)',
    kind: 'cli',
    cwd: 'project',
    // Its file is named by --config.
    places: [{ scope: 'named', format: 'json', keyPaths: MCP_SERVERS }],
    shape: COMMON_SHAPE,
    restart: 'start it again',
  },
  {
    ...GUI,
    kind: 'cli',
    cwd: 'project',
    variables: '${V}',
    id: 'amp',
    name: 'Amp',
    places: [
      {
        scope: 'user',
        files: inConfig('%APPDATA%', 'amp/settings.json'),
        format: 'json-lenient',
        keyPaths: [['amp.mcpServers']],
      },
      {
        scope: 'project',
        project: ['.amp/settings.json'],
        format: 'json-lenient',
        keyPaths: [['amp.mcpServers']],
      },
    ],
    shape: COMMON_SHAPE,
    restart: 'start it again',
  },
];

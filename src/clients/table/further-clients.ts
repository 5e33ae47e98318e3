import { type Client, COMMON_SHAPE, inAppData, inConfig, inHome, MCP_SERVERS } from './client.js';

const GUI = { kind: 'gui', environment: 'all', cwd: 'root', variables: 'none known' } as const;
const CLI = { kind: 'cli', environment: 'all', cwd: 'project', variables: 'none known' } as const;
const RESTART = 'start it again';

/** Clients of which little more is known than where their files are. */
export const FURTHER_CLIENTS: readonly Client[] = [
  {
    ...GUI,
    id: 'jetbrains-air',
    name: 'JetBrains Air',
    cwd: 'project',
    places: [
      { scope: 'project', project: ['.air/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
      { scope: 'shared', project: ['.mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: { ...COMMON_SHAPE, headers: '' },
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'junie',
    name: 'JetBrains Junie',
    cwd: 'project',
    places: [
      { scope: 'user', files: inHome('.junie/mcp/mcp.json'), format: 'json', keyPaths: MCP_SERVERS },
      { scope: 'project', project: ['.junie/mcp/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: { ...COMMON_SHAPE, url: [] },
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'kiro',
    name: 'Kiro',
    cwd: 'project',
    places: [
      {
        scope: 'user',
        files: inHome('.kiro/settings/mcp.json'),
        format: 'json',
        keyPaths: [['mcpServers'], ['powers', 'mcpServers']],
      },
      { scope: 'project', project: ['.kiro/settings/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
      { scope: 'agent', files: inHome('.kiro/agents/*.json'), format: 'json', keyPaths: MCP_SERVERS },
      { scope: 'project agent', project: ['.kiro/agents/*.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: COMMON_SHAPE,
    variables: '${V}',
    restart: 'nothing: it connects again when the file is saved',
  },
  {
    ...CLI,
    id: 'amazon-q',
    name: 'Amazon Q Developer CLI',
    places: [
      { scope: 'user', files: inHome('.aws/amazonq/mcp.json'), format: 'json', keyPaths: MCP_SERVERS },
      {
        scope: 'agent',
        files: inHome('.aws/amazonq/agents/*.json', '.aws/amazonq/cli-agents/*.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
      { scope: 'project', project: ['.amazonq/mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: { ...COMMON_SHAPE, headers: '' },
    callMs: 120_000,
    timeout: { key: 'timeout', unit: 'ms' },
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'warp',
    name: 'Warp',
    cwd: 'project',
    places: [
      { scope: 'user', files: inHome('.warp/.mcp.json'), format: 'json', keyPaths: MCP_SERVERS },
      { scope: 'project', project: ['.warp/.mcp.json'], format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'visual-studio',
    name: 'Visual Studio',
    cwd: 'project',
    places: [
      { scope: 'user', files: { win32: ['~/.mcp.json'] }, format: 'json-lenient', keyPaths: [['servers']] },
      {
        scope: 'solution',
        project: ['.vs/mcp.json', '.mcp.json', '.vscode/mcp.json', '.cursor/mcp.json'],
        format: 'json-lenient',
        keyPaths: [['servers']],
      },
    ],
    shape: { ...COMMON_SHAPE, headers: '', stdioType: 'stdio' },
    variables: 'inputs',
    restart: 'nothing: it starts servers again when the file is saved',
  },
  {
    ...CLI,
    id: 'mcphost',
    name: 'mcphost',
    places: [
      {
        scope: 'user',
        files: inHome('.mcphost.yml', '.mcp.yml'),
        format: 'yaml',
        keyPaths: MCP_SERVERS,
      },
      {
        scope: 'user, JSON',
        files: inHome('.mcphost.json', '.mcp.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: { ...COMMON_SHAPE, env: 'environment', stdioType: 'local', isCommandList: true },
    variables: '${env://V}',
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'antigravity',
    name: 'Google Antigravity',
    cwd: 'project',
    places: [
      {
        scope: 'user',
        files: inHome('.gemini/config/mcp_config.json', '.gemini/antigravity/mcp_config.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: { ...COMMON_SHAPE, url: ['serverUrl', 'url'] },
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'trae',
    name: 'Trae',
    cwd: 'project',
    places: [
      { scope: 'user', files: inAppData('Trae/User/mcp.json'), format: 'json', keyPaths: MCP_SERVERS },
    ],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
  {
    ...CLI,
    id: 'factory',
    name: 'Factory Droid',
    places: [{ scope: 'user', files: inHome('.factory/mcp.json'), format: 'json', keyPaths: MCP_SERVERS }],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
  {
    ...CLI,
    id: 'kimi',
    name: 'Kimi Code',
    places: [
      {
        scope: 'user',
        files: inHome('.kimi-code/mcp.json', '.kimi/mcp.json'),
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
  {
    ...GUI,
    id: 'qoder',
    name: 'Qoder',
    cwd: 'project',
    places: [
      {
        scope: 'user',
        files: { ...inHome('.qoder/mcp.json'), win32: ['%APPDATA%/Qoder/SharedClientCache/mcp.json'] },
        format: 'json',
        keyPaths: MCP_SERVERS,
      },
    ],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
  {
    ...CLI,
    id: 'crush',
    name: 'Crush',
    places: [
      {
        scope: 'user',
        files: inConfig('%LOCALAPPDATA%', 'crush/crush.json'),
        format: 'json',
        keyPaths: [['mcp']],
      },
      { scope: 'project', project: ['.crush.json'], format: 'json', keyPaths: [['mcp']] },
    ],
    shape: { ...COMMON_SHAPE, stdioType: 'stdio' },
    restart: RESTART,
  },
  {
    ...CLI,
    id: 'mistral-vibe',
    name: 'Mistral Vibe',
    places: [
      {
        scope: 'user',
        files: inHome('.vibe/config.toml'),
        format: 'toml',
        keyPaths: [['mcp_servers']],
        isList: true,
      },
    ],
    shape: COMMON_SHAPE,
    restart: RESTART,
  },
];

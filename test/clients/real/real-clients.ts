/** How one published client is brought to start a server, without an account and without a network. */
export interface RealClient {
  /** Its id in guard's table. */
  readonly id: string;
  /** The package with its version. */
  readonly package: string;
  readonly binary: string;
  /** Files below the home folder; `server` is the command that starts the demo server. */
  readonly files: (server: readonly string[], port: number) => Readonly<Record<string, string>>;
  /** Words of a start that comes first: where it signs in to the fake model. */
  readonly signIn?: (port: number) => readonly string[];
  readonly words: readonly string[];
  readonly env: (port: number) => Readonly<Record<string, string>>;
}

/** `command` and `args` under `mcpServers`. */
function mcpServers([command, ...args]: readonly string[], extra: object = {}, entry: object = {}): string {
  return JSON.stringify({ ...extra, mcpServers: { demo: { command, args, ...entry } } }, null, 2);
}

const ASK = 'say done';

/** The clients that npm offers, by the versions with which reference facts were measured. */
export const REAL_CLIENTS: readonly RealClient[] = [
  {
    id: 'claude-code',
    package: '@anthropic-ai/claude-code@2.1.330',
    binary: 'claude',
    files: (server) => ({
      '.claude.json': mcpServers(server, { hasCompletedOnboarding: true, theme: 'dark' }),
    }),
    words: ['-p', ASK],
    env: (port) => ({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: 'sk-fake',
      ENABLE_TOOL_SEARCH: 'false',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  },
  {
    id: 'codex',
    package: '@openai/codex@0.169.0',
    binary: 'codex',
    files: ([command, ...args], port) => ({
      '.codex/config.toml': `model = "fake" # kept
model_provider = "fake"

[model_providers.fake]
name = "fake"
base_url = "http://127.0.0.1:${port}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"

[mcp_servers.demo] # the server
command = ${JSON.stringify(command)}
args = ${JSON.stringify(args)}
`,
    }),
    words: ['exec', '--skip-git-repo-check', ASK],
    env: () => ({ FAKE_KEY: 'sk-fake' }),
  },
  {
    id: 'gemini-cli',
    package: '@google/gemini-cli@0.61.0',
    binary: 'gemini',
    files: (server) => ({
      '.gemini/settings.json': `// comments are fine\n${mcpServers(server, {
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        privacy: { usageStatisticsEnabled: false },
      })}`,
    }),
    words: ['-p', ASK, '--skip-trust'],
    env: (port) => ({
      GEMINI_API_KEY: 'fake',
      GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`,
      GEMINI_MODEL: 'gemini-2.5-flash',
    }),
  },
  {
    id: 'qwen-code',
    package: '@qwen-code/qwen-code@0.24.4',
    binary: 'qwen',
    files: (server) => ({
      '.qwen/settings.json': mcpServers(server, {
        security: { auth: { selectedType: 'openai' } },
        privacy: { usageStatisticsEnabled: false },
      }),
    }),
    words: ['-p', ASK],
    env: (port) => ({
      OPENAI_API_KEY: 'sk-fake',
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_MODEL: 'fake',
    }),
  },
  {
    id: 'opencode',
    package: 'opencode-ai@1.18.33',
    binary: 'opencode',
    files: (server) => ({
      '.config/opencode/opencode.jsonc': `{
  // comments and trailing commas
  "mcp": { "demo": { "type": "local", "command": ${JSON.stringify(server)}, "enabled": true, }, },
}
`,
    }),
    words: ['mcp', 'list'],
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1' }),
  },
  {
    id: 'copilot-cli',
    package: '@github/copilot@1.0.102',
    binary: 'copilot',
    files: (server) => ({
      '.copilot/mcp-config.json': mcpServers(server, {}, { type: 'local', tools: ['*'] }),
    }),
    words: ['-p', ASK, '--allow-all-tools'],
    env: (port) => ({
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`,
      COPILOT_PROVIDER_API_KEY: 'sk-fake',
      COPILOT_MODEL: 'fake',
    }),
  },
  {
    id: 'cline',
    package: 'cline@3.0.65',
    binary: 'cline',
    files: (server) => ({ '.cline/data/settings/cline_mcp_settings.json': mcpServers(server) }),
    signIn: (port) => [
      'auth',
      '-p',
      'openai-compatible',
      '-k',
      'sk-fake',
      '-m',
      'fake',
      '-b',
      `http://127.0.0.1:${port}/v1`,
    ],
    words: ['--json', ASK],
    env: () => ({ CLINE_TELEMETRY_DISABLED: '1' }),
  },
];

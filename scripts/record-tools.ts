// Records which tools published servers offer, for the starter policies in examples/policies:
//   npm run record-tools -- FOLDER [name…]
// Servers are installed into FOLDER from npm, without install scripts, and started with made-up
// credentials: they only list their tools. What is written is names, hints and input names, no texts.
// fetch, git, sqlite, stripe and time are written by hand: they are not on npm, or list nothing without
// an account. Their files name the documentation that they follow.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

interface Published {
  /** Name of the starter policy. */
  readonly name: string;
  readonly package: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Most pages of a tool list that are asked for. */
const PAGES = 100;

const SERVERS: readonly Published[] = [
  {
    name: 'chrome-devtools',
    package: 'chrome-devtools-mcp',
    args: ['--headless', '--no-usage-statistics'],
  },
  { name: 'everything', package: '@modelcontextprotocol/server-everything' },
  { name: 'filesystem', package: '@modelcontextprotocol/server-filesystem', args: ['.'] },
  { name: 'github', package: '@modelcontextprotocol/server-github' },
  { name: 'memory', package: '@modelcontextprotocol/server-memory' },
  {
    name: 'notion',
    package: '@notionhq/notion-mcp-server',
    env: { NOTION_TOKEN: 'ntn_made-up' },
  },
  { name: 'playwright', package: '@playwright/mcp' },
  {
    name: 'postgres',
    package: '@modelcontextprotocol/server-postgres',
    args: ['postgresql://localhost/none'],
  },
  { name: 'puppeteer', package: '@modelcontextprotocol/server-puppeteer' },
  {
    name: 'sentry',
    package: '@sentry/mcp-server',
    args: ['--access-token=made-up', '--host=sentry.example.com'],
  },
  { name: 'sequential-thinking', package: '@modelcontextprotocol/server-sequential-thinking' },
  {
    name: 'slack',
    package: '@modelcontextprotocol/server-slack',
    env: { SLACK_BOT_TOKEN: 'xoxb-made-up', SLACK_TEAM_ID: 'T00000000' },
  },
];

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const recorded = path.join(root, 'test/fixtures/server-tools');
const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) {
  console.error('expected a folder to install the servers in: npm run record-tools -- FOLDER [name…]');
  process.exit(2);
}
const wanted = SERVERS.filter(({ name }) => names.length === 0 || names.includes(name));
mkdirSync(folder, { recursive: true });
install(
  folder,
  wanted.map((server) => server.package),
);
for (const server of wanted) {
  try {
    const text = JSON.stringify(await record(folder, server));
    writeFileSync(path.join(recorded, `${server.name}.json`), `${text}\n`);
    console.log(`recorded ${server.name}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${server.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
execFileSync(path.join(root, 'node_modules/.bin/oxfmt'), [recorded], { cwd: root });

function install(into: string, packages: readonly string[]): void {
  writeFileSync(path.join(into, 'package.json'), '{"private":true}\n');
  const words = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact'];
  execFileSync('npm', [...words, ...packages.map((name) => `${name}@latest`)], {
    cwd: into,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Starts the server, asks for all pages of its tools, and ends it. */
async function record(from: string, server: Published): Promise<object> {
  const home = path.join(from, 'node_modules', server.package);
  const manifest = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    version: string;
    bin: string | Record<string, string>;
  };
  const bin = typeof manifest.bin === 'string' ? manifest.bin : (Object.values(manifest.bin)[0] ?? '');
  const client = new Client({ name: 'record-tools', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [path.join(home, bin), ...(server.args ?? [])],
    env: { PATH: process.env['PATH'] ?? '', HOME: from, ...server.env },
    cwd: from,
    stderr: 'ignore',
  });
  await client.connect(transport);
  try {
    return {
      server: server.package,
      version: manifest.version,
      recorded: new Date().toISOString().slice(0, 10),
      source: 'tools/list',
      tools: await toolsOf(client),
    };
  } finally {
    await client.close();
  }
}

async function toolsOf(client: Client): Promise<object[]> {
  const tools: object[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const answer = await client.listTools(cursor === undefined ? {} : { cursor });
    for (const { name, annotations = {}, inputSchema } of answer.tools) {
      const hints = Object.fromEntries(
        Object.entries(annotations).filter(([key, value]) => key.endsWith('Hint') && value !== undefined),
      );
      tools.push({ name, hints, inputs: Object.keys(inputSchema.properties ?? {}) });
    }
    cursor = answer.nextCursor;
    if (cursor === undefined) return tools;
  }
  throw new Error(`the tool list has more than ${PAGES} pages`);
}

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { safeName } from '../../src/config/client-servers.js';
import { tryLoadConfig } from '../../src/config/load.js';
import type { UpstreamDefinition } from '../../src/upstream/definition.js';
import { verifies } from '../requirements.js';
import { folderWith, mistakesOf, pathsIn } from './check-yaml.js';

verifies('config:upstreams');

/** The servers of a user's and a system's file, or the mistakes in them. */
async function load(
  user: string,
  system?: string,
): Promise<{
  readonly folder: string;
  readonly upstreams: readonly UpstreamDefinition[];
  readonly mistakes: string[];
}> {
  const files = { 'user/guard.yaml': `version: '1'\n${user}` };
  const folder = folderWith(
    system === undefined ? files : { ...files, 'etc/guard.yaml': `version: '1'\n${system}` },
  );
  const cwd = path.join(folder, 'user');
  const result = await tryLoadConfig({ cwd, env: { TOKEN: 'secret-token' }, paths: pathsIn(folder) });
  if (result.ok) return { folder, upstreams: result.config.settings.upstreams, mistakes: [] };
  const mistakes = result.mistakes.map(({ file, line, message, path: place }) => {
    return `${path.relative(folder, file)}:${line} ${place}: ${message.replaceAll(folder, '')}`;
  });
  return { folder, upstreams: [], mistakes };
}

test('an upstream as it is written, with all that may be left out', async () => {
  const { upstreams, folder, mistakes } = await load(`
relay: { request_timeout: 5m }
upstreams:
  - { name: files, command: npx, args: [-y, server], env: { A: '\${TOKEN}' }, cwd: work, namespaced: false, isolation: session, start: eager, start_timeout: 3m, request_timeout: 10s, audit_log_arguments: true }
  - { name: docs, url: 'https://docs.example/mcp', headers: { Authorization: 'Bearer \${TOKEN}' } }
  - { name: old, transport: sse, url: 'https://old.example/sse' }
`);
  expect(mistakes).toEqual([]);
  expect(upstreams).toEqual([
    {
      name: 'files',
      transport: {
        kind: 'stdio',
        command: 'npx',
        args: ['-y', 'server'],
        env: { A: 'secret-token' },
        cwd: path.join(folder, 'user', 'work'),
      },
      namespaced: false,
      isolation: 'session',
      start: 'eager',
      startTimeoutMs: 180_000,
      requestTimeoutMs: 10_000,
      auditLogArguments: true,
    },
    {
      name: 'docs',
      transport: {
        kind: 'streamable-http',
        url: 'https://docs.example/mcp',
        headers: { Authorization: 'Bearer secret-token' },
      },
      namespaced: true,
      isolation: 'shared',
      start: 'lazy',
      startTimeoutMs: 45_000,
      requestTimeoutMs: 300_000,
      auditLogArguments: false,
    },
    expect.objectContaining({
      name: 'old',
      transport: { kind: 'sse', url: 'https://old.example/sse', headers: {} },
    }),
  ]);
});

describe("a client's own map", () => {
  test('is taken as it is', async () => {
    const { upstreams } = await load(`
mcpServers:
  plain: { command: node, args: [server.js], alwaysAllow: [read], timeout: 60 }
  "My Files (home)": { type: stdio, command: npx }
  remote: { type: http, url: 'https://a.example/mcp' }
  copilot: { type: local, command: node, tools: ['*'] }
  cline: { type: streamableHttp, url: 'https://b.example/mcp', disabled: false }
  gemini: { httpUrl: 'https://c.example/mcp' }
  windsurf: { serverUrl: 'https://d.example/sse', type: SSE }
  off: { command: node, disabled: true }
  off too: { enabled: false }
`);
    const found = upstreams.map(({ name, transport }) => [
      name,
      transport.kind,
      transport.kind === 'stdio' ? transport.command : transport.url,
    ]);
    expect(found).toEqual([
      ['plain', 'stdio', 'node'],
      ['My-Files-home', 'stdio', 'npx'],
      ['remote', 'streamable-http', 'https://a.example/mcp'],
      ['copilot', 'stdio', 'node'],
      ['cline', 'streamable-http', 'https://b.example/mcp'],
      ['gemini', 'streamable-http', 'https://c.example/mcp'],
      ['windsurf', 'sse', 'https://d.example/sse'],
    ]);
  });

  test.each([
    ['files', 'files'],
    ['GitHub MCP', 'GitHub-MCP'],
    ['@scope/server.js', 'scope-server-js'],
    ['-- a --', 'a'],
    ['日本', 'server-cf2abf0c'],
    ['x'.repeat(65), `${'x'.repeat(55)}-9537c5fd`],
  ])('the name %j becomes %j', (name, safe) => {
    const found = safeName(name);
    expect(found).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
    expect(found).toBe(safe);
  });
});

describe('mistakes', () => {
  test('all of them are told at once, each at its place', () => {
    expect(
      mistakesOf(`version: '1'
upstreams:
  - { name: a, command: x }
  - { name: b, url: 'https://b.example', command: x }
  - { name: a, url: 'https://a.example', headers: { Host: x, 'bad name': y } }
mcpServers:
  a: { command: x }
  neither: { type: http }
  both: { command: x, url: 'https://a.example' }
  strange: { type: carrier-pigeon, command: x }
  crossed: { type: sse, command: x }
  my a: { command: x }
  my-a: { command: x }
`),
    ).toEqual([
      '4:21 upstreams[1].url: command and url exclude each other',
      '5:13 upstreams[2].name: the name a is taken by upstreams[0].name',
      '5:59 upstreams[2].headers.Host: guard itself sets this header',
      '5:74 upstreams[2].headers["bad name"]: this is no name that a header can have',
      '7:6 mcpServers.a: the name a is taken by upstreams[0].name',
      '8:12 mcpServers.neither: expected command or url',
      '9:9 mcpServers.both: command and url exclude each other',
      '10:20 mcpServers.strange.type: expected one of stdio, http, streamable-http, sse, got "carrier-pigeon"',
      '11:20 mcpServers.crossed.type: type sse needs url',
      '13:9 mcpServers.my-a: the name my-a is taken by mcpServers["my a"]',
    ]);
  });

  test('a name that two files share is told with both', async () => {
    const { mistakes } = await load(
      'mcpServers: { a: { command: x } }',
      'upstreams: [{ name: a, command: y }]',
    );
    expect(mistakes).toEqual([
      'user/guard.yaml:2 mcpServers.a: the name a is taken by upstreams[0].name of /etc/guard.yaml',
    ]);
  });

  test('a list that does not count takes no names', async () => {
    const { mistakes, upstreams } = await load(
      'upstreams: [{ name: b, command: x }]\nmcpServers: { b: { command: x } }'.replace('name: b', 'name: c'),
      'upstreams: [{ name: a, command: y }]',
    );
    expect(mistakes).toEqual([]);
    expect(upstreams.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('no value of a header is shown', () => {
    const text = `version: '1'\nupstreams: [{ name: a, url: 'https://a.example', headers: { X: "sec\\u0001ret" } }]`;
    expect(mistakesOf(text)).toEqual([
      '2:64 upstreams[0].headers.X: the value holds a character that no header can',
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import type { FileKind, FilePlan } from '../../../src/clients/edit/file-plan.js';
import { planInstall } from '../../../src/clients/edit/plan-install.js';
import { planUninstall } from '../../../src/clients/edit/plan-uninstall.js';
import { bytesOf } from '../../../src/clients/formats/read-document.js';
import { verifies } from '../../requirements.js';
import { fileKind } from '../fixture-files.js';

verifies('install:remote', 'install:timeouts');

type Plan = Extract<FilePlan, { kind: 'plan' }>;

function planned(text: string, kind: FileKind): Plan & { readonly text: string } {
  const plan = planInstall(Buffer.from(text), kind, { program: ['guard'], remote: true, timeouts: true });
  if (plan.kind === 'refused') throw new Error(plan.why);
  return { ...plan, text: plan.after?.text ?? text };
}

function back(plan: Plan, text: string, kind: FileKind): string | undefined {
  const restored = planUninstall(Buffer.from(text), kind, plan.notes);
  return restored.kind === 'plan' ? restored.after?.text : undefined;
}

function entry(members: string): string {
  return `{"mcpServers": {"docs": {${members}}}}`;
}

describe('a remote entry', () => {
  const claude = fileKind('claude-code', 'project');

  test('becomes the bridge: headers go into the environment, variables stay for the client', () => {
    const text = `{
  "mcpServers": {
    "docs": {
      "type": "http",
      "url": "https://docs.test/mcp",
      "headers": { "Authorization": "Bearer \${TOKEN}", "X-Team": "blue" }, // kept
      "timeout": 9
    }
  }
}`.replace(' // kept', '');
    const plan = planned(text, claude);
    expect(JSON.parse(plan.text)).toEqual({
      mcpServers: {
        docs: {
          type: 'stdio',
          command: 'guard',
          args: [
            '--server',
            'docs',
            '--url',
            'https://docs.test/mcp',
            '--header-env',
            'Authorization=GUARD_HEADER_1',
            '--header-env',
            'X-Team=GUARD_HEADER_2',
          ],
          env: { GUARD_HEADER_1: 'Bearer ${TOKEN}', GUARD_HEADER_2: 'blue' },
          timeout: 9,
        },
      },
    });
    expect(back(plan, plan.text, claude)).toBe(text);
    expect(planned(plan.text, claude).results).toMatchObject([{ outcome: 'already' }]);
  });

  test('of a client with lists of words keeps its own shape', () => {
    const kind = fileKind('opencode', 'user');
    const text =
      '{"mcp": {"j": {"type": "remote", "url": "https://j.test/", "enabled": true, "headers": {"A": "b"}}}}';
    const plan = planned(text, kind);
    expect(JSON.parse(plan.text)).toEqual({
      mcp: {
        j: {
          type: 'local',
          command: ['guard', '--server', 'j', '--url', 'https://j.test/', '--header-env', 'A=GUARD_HEADER_1'],
          environment: { GUARD_HEADER_1: 'b' },
          enabled: true,
        },
      },
    });
    expect(back(plan, plan.text, kind)).toBe(text);
  });

  test.each<[string, string, RegExp]>([
    ['a secret in its address', '"url": "https://x.test/mcp?key=1"', /query, a fragment or a password/],
    ['a user in its address', '"url": "https://me:pw@x.test/mcp"', /query, a fragment or a password/],
    ['a WebSocket', '"type": "ws", "url": "https://x.test/"', /WebSockets/],
    ['a socket', '"url": "unix:///tmp/s"', /no http or https address/],
    ['a sign-in', '"url": "https://x.test/", "oauth": {}', /signs in/],
    [
      'headers that are no texts',
      '"url": "https://x.test/", "headers": {"A": 1}',
      /no map of names and texts/,
    ],
    [
      'a header with a line in its name',
      String.raw`"url": "https://x.test/", "headers": {"A\nB": "1"}`,
      /no map of names/,
    ],
  ])('with %s is refused', (_what, members, why) => {
    const { results, after } = planned(entry(members), claude);
    expect(after).toBeUndefined();
    expect(results).toMatchObject([{ outcome: 'refused', why: expect.stringMatching(why) }]);
  });

  test('in TOML is refused, since its tables stand apart', () => {
    const { results } = planned('[mcp_servers.x]\nurl = "https://x.test/"\n', fileKind('codex', 'user'));
    expect(results).toMatchObject([{ outcome: 'refused', why: expect.stringMatching(/JSON files only/) }]);
  });

  test('that was changed by hand since is not overwritten, nor is one that guard did not write', () => {
    const plan = planned(entry('"url": "https://x.test/"'), claude);
    const edited = plan.text.replace('x.test', 'y.test');
    const restored = planUninstall(Buffer.from(edited), claude, plan.notes);
    expect(restored).toMatchObject({
      after: undefined,
      results: [{ outcome: 'refused', why: expect.stringMatching(/--from-backup/) }],
    });
    expect(planUninstall(Buffer.from(plan.text), claude, [])).toMatchObject({
      after: undefined,
      results: [{ outcome: 'refused', why: expect.stringMatching(/did not write/) }],
    });
  });
});

describe('a limit of one call', () => {
  test.each<[string, string, string, string]>([
    ['is set where there is none', 'codex', '[mcp_servers.a]\ncommand = "x"\n', 'tool_timeout_sec = 600'],
    [
      'is raised where it is low',
      'codex',
      '[mcp_servers.a]\ncommand = "x"\ntool_timeout_sec = 60 # s\n',
      'tool_timeout_sec = 600 # s',
    ],
    [
      'stays where it is high',
      'codex',
      '[mcp_servers.a]\ncommand = "x"\ntool_timeout_sec = 900\n',
      'tool_timeout_sec = 900',
    ],
    [
      'is in milliseconds where the client has them',
      'qwen-code',
      '{"mcpServers": {"a": {"command": "x", "args": []}}}',
      '"timeout": 600000',
    ],
    [
      'is raised for a client that has none in practice',
      'claude-code',
      '{"mcpServers": {"a": {"command": "x", "timeout": 5000}}}',
      '"timeout": 600000',
    ],
  ])('%s', (_what, client, text, expected) => {
    const kind = fileKind(client, 'user');
    const plan = planned(text, kind);
    expect(plan.text).toContain(expected);
    expect(back(plan, plan.text, kind)).toBe(text);
  });

  test('is not set where it would only be lower, nor without a key for it', () => {
    for (const client of ['claude-code', 'cursor']) {
      expect(planned('{"mcpServers": {"a": {"command": "x"}}}', fileKind(client, 'user')).text).not.toContain(
        'timeout',
      );
    }
  });

  test('that a person changed since stays', () => {
    const kind = fileKind('codex', 'user');
    const plan = planned('[mcp_servers.a]\ncommand = "x"\n', kind);
    const restored = back(plan, plan.text.replace('= 600', '= 700'), kind);
    expect(restored).toBe('[mcp_servers.a]\ntool_timeout_sec = 700\ncommand = "x"\n');
  });

  test('without notes, the command comes back and the limit stays', () => {
    const kind = fileKind('codex', 'user');
    const { after } = planned('[mcp_servers.a]\ncommand = "x"\n', kind);
    if (after === undefined) throw new Error('not wrapped');
    const restored = planUninstall(bytesOf(after), kind, []);
    expect(restored.kind === 'plan' && restored.after?.text).toBe(
      '[mcp_servers.a]\ntool_timeout_sec = 600\ncommand = "x"\n',
    );
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandName } from '../../src/commands/command.js';
import { COMMANDS } from '../../src/commands/table.js';
import { EXIT_CODES } from '../../src/platform/errors.js';
import { verifies } from '../requirements.js';
import { ROOT } from '../support/source-files.js';

verifies('cli:help', 'cli:as-typed');

const DOCS = readFileSync(path.join(ROOT, 'docs/cli.md'), 'utf8');

function guard(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'bin/guard.js'), ...words],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    },
  );
  return { status, stdout, stderr };
}

/** The section of docs/cli.md about one command. */
function section(name: string): string {
  const title = name === '' ? '## `guard [options]' : `## \`guard ${name}`;
  const start = DOCS.indexOf(title);
  expect(start, title).toBeGreaterThanOrEqual(0);
  const end = DOCS.indexOf('\n## ', start + 1);
  return DOCS.slice(start, end === -1 ? undefined : end);
}

/** Every command by the words that name it, with those of groups. */
const NAMED = (
  await Promise.all(
    COMMANDS.map(async (command) => {
      const name = commandName(command);
      const inner = 'loadCommands' in command ? (await command.loadCommands()).commands : [];
      return [[name, command], ...inner.map((one) => [`${name} ${commandName(one)}`, one])] as [
        string,
        typeof command,
      ][];
    }),
  )
).flat();

describe.each(NAMED)('guard %s', (name, command) => {
  const flags = command.options.map((option) => option.flags);

  test('every option stands in the docs, and every documented option exists', () => {
    const documented = [...section(name).matchAll(/^\|\s*`(-[^`]+)`/gm)].map(([, flag]) => flag);
    expect(documented.toSorted()).toEqual(flags.toSorted());
  });

  test('the help shows every option', () => {
    const { status, stdout } = guard(...name.split(' ').filter((word) => word !== ''), '--help');
    expect(status).toBe(0);
    for (const flag of flags) expect(stdout).toContain(flag);
  });
});

describe('the command line', () => {
  test('without words it shows help', () => {
    const { status, stdout } = guard();
    expect(status).toBe(0);
    for (const { summary } of COMMANDS) expect(stdout).toContain(summary);
  });

  test('a group shows its commands, and each of these only its own options', () => {
    expect(guard('audit').stdout).toBe(guard('audit', '--help').stdout);
    expect(guard('audit').stdout).toContain('print the public half of the key');
    expect(guard('audit', 'key', '--help').stdout).toContain('guard audit key --json | jq');
  });

  test('the version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(guard('--version').stdout).toContain(`guard/${version} `);
  });

  test.each([
    ['an unknown command', ['frobnicate'], /unknown command "frobnicate"/],
    ['a server without the two dashes', ['npx', 'some-server'], /after two dashes: guard -- npx/],
    ['an unknown option', ['tail', '--frobnicate'], /Unknown option/],
    [
      'an unknown command of a group',
      ['audit', 'frobnicate'],
      /expected .*key.* after guard audit, got frobnicate/,
    ],
    ['an unknown option of a group’s command', ['audit', 'key', '--frobnicate'], /Unknown option/],
    ['neither a command nor a url', ['--observe'], /expected either a command after --/],
    [
      'both a command and a url',
      ['--url', 'http://127.0.0.1:1/', '--', 'x'],
      /expected either a command after --/,
    ],
    ['a url that is none', ['--url', 'ftp://x'], /--url expects an http or https address/],
    ['an option without its value', ['--server', '--', 'x'], /server/],
    ['a config file that is not there', ['--config', '/nonexistent.yaml', '--', 'x'], /no config file at/],
  ])('%s is one clear line and exit code 2', (_what, words, expected) => {
    const { status, stdout, stderr } = guard(...words);
    expect(status).toBe(EXIT_CODES.error);
    expect(stdout).toBe('');
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('values that read as numbers are the texts that were typed', () => {
    const names = ['--server', '007', '--agent=1e3', '--client', '0x10', '--tool', '9007199254740993'];
    const scopes = ['--scope', '01', '--scope', '1.0', '--scope=read'];
    const { stdout } = guard('explain', ...names, ...scopes, '--json');
    const { subject } = JSON.parse(stdout) as { subject: object };
    expect(subject).toMatchObject({
      server: '007',
      agent: '1e3',
      client: '0x10',
      tool: '9007199254740993',
      scopes: ['01', '1.0', 'read'],
    });
    expect(guard('explain', '--server', '', '--tool', 'a').stderr).toContain('--server expects one value');
    expect(guard('tail', '007').stderr).toContain('`007`');
  });

  test('exit codes are those of the docs', () => {
    expect(EXIT_CODES).toEqual({ ok: 0, findings: 1, error: 2, notExecutable: 126, notFound: 127 });
    const documented = [...DOCS.slice(DOCS.indexOf('## Exit codes')).matchAll(/^\|\s*(\d+)\s*\|/gm)].map(
      ([, code]) => Number(code),
    );
    expect(documented).toEqual(Object.values(EXIT_CODES));
  });
});

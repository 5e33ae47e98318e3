import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { commandName, type Command } from '../../src/commands/command.js';
import { helpCommand } from '../../src/commands/help-options.js';
import { COMMANDS } from '../../src/commands/table.js';
import { badUsage } from '../../src/commands/usage-error.js';
import { EXIT_CODES } from '../../src/platform/errors.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('cli:help');

const BOLD = '\u001B[1m';

async function help(...args: string[]): Promise<string> {
  return (await runCommand(helpCommand, '/', { args })).stdout;
}

/** Help on a terminal of that width. */
async function onTerminal(
  columns: number,
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<string> {
  const { run } = await helpCommand.load();
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns });
  const stdout = terminal as unknown as NodeJS.WriteStream;
  await run({ args, options: {}, rest: [] }, { env, stdout } as unknown as Parameters<typeof run>[1]);
  return String(terminal.read());
}

describe('the overview', () => {
  test('begins with what guard is, how it is called and the first steps', async () => {
    const text = await help();
    const at = [
      'a governed door',
      'guard [options] -- command',
      '1. guard init',
      '3. guard tail',
      'Watch',
    ].map((words) => text.indexOf(words));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at).not.toContain(-1);
  });

  test('names every command once, and every exit code', async () => {
    const lines = (await help()).split('\n');
    for (const command of COMMANDS) {
      const start = `  ${commandName(command) || '-- command'} `;
      expect(lines.filter((line) => line.startsWith(start))).toHaveLength(1);
    }
    for (const code of Object.values(EXIT_CODES)) {
      expect(lines.filter((line) => line.startsWith(`  ${code} `))).toHaveLength(1);
    }
  });
});

describe('the help of a command', () => {
  const plain = COMMANDS.filter(
    (command): command is Command => 'load' in command && commandName(command) !== '',
  );
  test.each(plain.map((command) => [commandName(command), command] as const))(
    '%s shows summary, usage, options, values and examples',
    async (name, command) => {
      const text = await help(name);
      expect(text).toContain(command.summary);
      expect(text).toContain(`guard ${command.usage} [options]`);
      for (const { flags, summary, choices = [] } of command.options) {
        for (const words of [flags, summary, ...choices]) expect(text).toContain(words);
      }
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) expect(text).toContain(`  ${example}\n`);
    },
  );

  test('of a command with commands of its own lists those, and each has help', async () => {
    expect(await help('audit')).toMatch(/^ {2}key {5}print the public half/m);
    expect(await help('audit', 'key')).toContain('guard audit key [options]');
  });

  test.each([
    [['tial'], /did you mean guard help tail\?/],
    [['audit', 'kye'], /did you mean guard audit key\?/],
    [['wholly-different'], /guard help --help/],
  ])('of one that is not there: %j', async (args, hint) => {
    const { run } = await helpCommand.load();
    await expect(
      run({ args, options: {}, rest: [] }, { env: {}, stdout: {} } as never),
    ).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringMatching(hint),
    });
  });
});

describe('on a terminal', () => {
  test.each([40, 60, 80, 120])('of %i columns no line of prose is wider', async (columns) => {
    for (const args of [[], ['init'], ['explain'], ['audit']]) {
      const text = await onTerminal(columns, { NO_COLOR: '1' }, ...args);
      const wide = text.split('\n').filter((line) => line.length > columns);
      // What is typed is not broken: examples, usage, flags and addresses.
      expect(wide.filter((line) => !/^ {2}(guard|-)|https:/.test(line))).toEqual([]);
    }
  });

  test('titles are bold, and colors switch off', async () => {
    expect(await onTerminal(80, {})).toContain(`${BOLD}First steps`);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect(await onTerminal(80, env)).not.toContain(BOLD);
    }
    expect(await help()).not.toContain(BOLD);
  });
});

describe('words that are none', () => {
  const withWords = COMMANDS.filter((command): command is Command => 'load' in command && 'words' in command);
  test.each(withWords.map((command) => [commandName(command), command] as const))(
    'guard %s names the words that it takes, as the completions do',
    async (_name, command) => {
      const ran = await runCommand(command, folderWith(), { args: ['frobnicate'] });
      expect(ran.error).toBe('usage');
      for (const word of command.words ?? []) expect(ran.message).toMatch(new RegExp(`\\b${word}\\b`));
    },
  );

  test('an option that is none names the nearest', () => {
    const error = new Error('Unknown option `--reasn`');
    expect(badUsage(error, ['--reason <text>', '--as <name>'], 'deny').hint).toBe(
      'did you mean --reason? guard deny --help shows all',
    );
    expect(badUsage(new Error('Unknown option `--zzz`'), ['--as <name>'], '').hint).toBe('guard --help');
  });
});

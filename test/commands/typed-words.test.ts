import { cac } from 'cac';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asTyped, markedWords } from '../../src/commands/typed-words.js';
import { badUsage } from '../../src/commands/usage-error.js';
import { verifies } from '../requirements.js';

verifies('cli:as-typed');

/** What the parser makes of these words, for a command that takes words, texts and a switch. */
function parsed(...words: readonly string[]) {
  const cli = cac('program');
  cli
    .command('run [...words]')
    .option('-s, --server <name>', '')
    .option('--output-file <file>', '')
    .option('--json', '')
    .option('--no-color', '');
  cli.parse(['', '', ...markedWords(['run', ...words])], { run: false });
  const { '--': rest, ...options } = cli.options as Record<string, unknown>;
  return {
    args: asTyped(cli.args),
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, asTyped(value)])),
    rest,
  };
}

const NUMERIC = ['007', '7', '1e3', '0x10', '0b1', '-0', '1.50', '12345678901234567890', '', ' ', '٣', 'NaN'];

describe('values that read as numbers come as they were typed', () => {
  test.each(NUMERIC.filter((value) => !value.startsWith('-')))('%j behind its option', (value) => {
    expect(parsed('--server', value).options).toMatchObject({ server: value, s: value });
    expect(parsed('-s', value).options).toMatchObject({ server: value });
    expect(parsed('--output-file', value, '--json').options).toMatchObject({ outputFile: value, json: true });
  });

  test.each(NUMERIC)('%j after an equals sign', (value) => {
    expect(parsed(`--server=${value}`).options).toMatchObject({ server: value });
    expect(parsed(`-s=${value}`).options).toMatchObject({ server: value });
  });

  test('several times, each', () => {
    expect(
      parsed('--server', '007', '--server=1e3', '--server', 'a', '--server', '0x10').options['server'],
    ).toEqual(['007', '1e3', 'a', '0x10']);
  });

  test('words of their own, and behind a switch', () => {
    expect(parsed('007', 'a', '1e3')).toMatchObject({ args: ['007', 'a', '1e3'] });
    expect(parsed('--json', '007')).toMatchObject({ args: ['007'], options: { json: true } });
  });

  test('what follows two dashes is not looked at', () => {
    expect(parsed('--server', '1', '--', '--server', '007', '--x=1e3')).toMatchObject({
      options: { server: '1' },
      rest: ['--server', '007', '--x=1e3'],
    });
  });

  test('switches stay switches', () => {
    expect(parsed('--no-color', '--json').options).toMatchObject({ color: false, json: true });
    expect(parsed().options).toMatchObject({ color: true });
  });
});

test('any text at all comes as it was typed', () => {
  // An argument of a process ends at its first NUL.
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.double().map(String), fc.constantFrom(...NUMERIC));
  const text = texts.map((one) => one.replaceAll('\0', ''));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (values) => {
      const { server } = parsed(...values.map((value) => `--server=${value}`)).options;
      expect(server).toEqual(values.length === 1 ? values[0] : values);
    }),
  );
});

test('what the parser complains of is shown as it was typed', () => {
  const error = new Error(`Unused args: \`${markedWords(['007']).join('')}\``);
  expect(badUsage(error, [], 'tail').message).toBe('Unused args: `007`');
});

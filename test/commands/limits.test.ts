import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { limitsCommand } from '../../src/commands/limits-options.js';
import { potTable } from '../../src/commands/limits-table.js';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import type { Draw, PotState } from '../../src/limits/ledger.js';
import { type Decimal, parseDecimal } from '../../src/platform/decimal.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { readRecord } from '../../src/audit/record-fields.js';
import { runCommand } from './check-run.js';

verifies('limits:command:recorded');

function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(text);
  return value;
}

const POT: PotState = {
  pot: '1f0c tool="pay" agent=-',
  name: 'user/payments',
  limit: decimal('500'),
  used: decimal('120.5'),
  ambiguous: decimal('0'),
  windowMs: 86_400_000,
  currency: 'EUR',
  nextExpiryMs: 90_000,
};

test('the table says what is used, what is left and when something frees up', () => {
  const calls: PotState = {
    ...POT,
    pot: '2a',
    name: 'user/\u202efew',
    limit: decimal('3'),
    used: decimal('4'),
    ambiguous: decimal('1'),
    windowMs: null,
    currency: null,
    nextExpiryMs: null,
  };
  expect(potTable([POT, calls], 30_000).split('\n')).toEqual([
    'pot               used       left   limit  window   frees up',
    'user/payments     120.5 EUR  379.5  500    24 h     in 60 s',
    '  tool="pay" agent=-',
    String.raw`user/\u{202e}few  4 calls    0      3      session  -`,
    '  1 of it without a known end',
    '',
  ]);
  expect(potTable([], 0)).toBe('nothing was counted yet\n');
});

test('pots are listed as JSON, and emptied only for a reason', async () => {
  const folder = folderWith();
  const ledger = createFileLedger({ folder: path.join(folder, 'state/guard/ledger'), newId: () => 'r1' });
  const draw: Draw = { ...POT, amount: decimal('120.5'), overage: false };
  expect(ledger.reserve([draw], 0).kind).toBe('reserved');
  const listed = async (): Promise<unknown[]> => {
    const { stdout } = await runCommand(limitsCommand, folder, { options: { json: true } });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  };
  expect(await listed()).toMatchObject([
    { name: 'user/payments', used: '120.5', limit: '500', currency: 'EUR' },
  ]);
  const without = await runCommand(limitsCommand, folder, { args: ['reset', 'user/payments'] });
  expect(without.message).toContain('expected --reason');
  const unknown = await runCommand(limitsCommand, folder, {
    args: ['reset', 'user/other'],
    options: { reason: 'x' },
  });
  expect(unknown.message).toBe('there is no pot user/other');
  const { stdout } = await runCommand(limitsCommand, folder, {
    args: ['reset', 'user/payments'],
    options: { reason: 'paid by invoice' },
  });
  expect(stdout).toBe('reset user/payments: 120.5 given back\n');
  expect(await listed()).not.toMatchObject([{ used: '120.5' }]);
  ledger.close();
});

test('nothing was counted', async () => {
  const { code, stdout } = await runCommand(limitsCommand, folderWith());
  expect([code, stdout]).toEqual([0, 'nothing was counted yet\n']);
});

const RESET = { args: ['reset', 'user/payments'] } as const;

function folderWithPot(): { readonly folder: string; readonly log: string } {
  const folder = folderWith();
  const ledger = createFileLedger({ folder: path.join(folder, 'state/guard/ledger'), newId: () => 'r1' });
  expect(ledger.reserve([{ ...POT, amount: decimal('120.5'), overage: false }], 0).kind).toBe('reserved');
  ledger.close();
  return { folder, log: path.join(folder, 'state/guard/audit.jsonl') };
}

test('who emptied which pot, of how much and why, stands in the audit log', async () => {
  const { folder, log } = folderWithPot();
  fs.writeFileSync(log, '{"v":1,"type":"ev', { mode: 0o600 });
  const reason = `paid by invoice ${'x'.repeat(500)}`;
  expect((await runCommand(limitsCommand, folder, { ...RESET, options: { reason, as: 'ada' } })).code).toBe(
    0,
  );
  const [torn, ...lines] = fs.readFileSync(log, 'utf8').trimEnd().split('\n');
  expect(torn).toBe('{"v":1,"type":"ev');
  const readings = lines.map((line) => readRecord(line));
  expect(readings.every(({ kind }) => kind === 'record')).toBe(true);
  const records = lines.map((line) => JSON.parse(line) as object);
  const detail = { pot: POT.pot, name: 'user/payments', used: '120.5', currency: 'EUR', by: 'ada', reason };
  expect(records).toMatchObject([
    { event: 'recovered', seq: 1 },
    { type: 'event', event: 'limits-reset', seq: 2, upstream: '-', agent: null, detail },
    { type: 'checkpoint', closing: true, seq: 3 },
  ]);
});

test('the log that is named gets it, for its owner alone', async () => {
  const { folder, log } = folderWithPot();
  const options = { reason: 'why', audit: 'other/log.jsonl' };
  expect((await runCommand(limitsCommand, folder, { ...RESET, options })).code).toBe(0);
  expect(fs.existsSync(log)).toBe(false);
  const { mode } = fs.statSync(path.join(folder, 'other/log.jsonl'));
  expect(mode & 0o777).toBe(0o600);
});

test('a log that cannot be written keeps the pot as it is', async () => {
  const { folder, log } = folderWithPot();
  fs.mkdirSync(log);
  const ran = await runCommand(limitsCommand, folder, { ...RESET, options: { reason: 'why' } });
  expect([ran.code, ran.error]).toEqual([2, 'audit-unwritable']);
  const { stdout } = await runCommand(limitsCommand, folder, { options: { json: true } });
  expect(JSON.parse(stdout)).toMatchObject({ used: '120.5' });
});

import path from 'node:path';
import { expect, test } from 'vitest';
import { limitsCommand } from '../../src/commands/limits-options.js';
import { potTable } from '../../src/commands/limits-table.js';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import type { Draw, PotState } from '../../src/limits/ledger.js';
import { type Decimal, parseDecimal } from '../../src/platform/decimal.js';
import { folderWith } from '../config/check-yaml.js';
import { runCommand } from './check-run.js';

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

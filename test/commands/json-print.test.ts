import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { auditRedactCommand } from '../../src/commands/audit/redact-options.js';
import { auditStatsCommand } from '../../src/commands/audit/stats-options.js';
import { auditVerifyCommand } from '../../src/commands/audit/verify-options.js';
import { checkCommand } from '../../src/commands/check-options.js';
import type { Command, CommandInput } from '../../src/commands/command.js';
import { evidenceCommand } from '../../src/commands/evidence-options.js';
import { explainCommand } from '../../src/commands/explain-options.js';
import { shownJsonLine } from '../../src/commands/json-print.js';
import { limitsCommand } from '../../src/commands/limits-options.js';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import { parseDecimal } from '../../src/platform/decimal.js';
import { decisionLine } from '../audit/lines.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('cli:json:hostile');

/** What turns the direction of text, is not seen, moves a cursor, or needs two units. */
const HOSTILE = 'a\u202eb\u200bc\u009bd\u{e0041}é';

function isRaw(text: string): boolean {
  return ['\u202e', '\u200b', '\u009b', '\u{e0041}'].some((raw) => text.includes(raw));
}

/** Every text in a value, keys too. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

test('one line of JSON means the same, and holds nothing that is not seen', () => {
  const line = shownJsonLine({ [HOSTILE]: [HOSTILE, 1, null] });
  expect(line).toMatch(/^[^\n]+\n$/);
  expect(isRaw(line)).toBe(false);
  expect(JSON.parse(line)).toEqual({ [HOSTILE]: [HOSTILE, 1, null] });
});

function pot(folder: string): void {
  const one = parseDecimal('1');
  if (one === undefined) throw new Error('no decimal');
  const ledger = createFileLedger({ folder: path.join(folder, 'state/guard/ledger'), newId: () => 'r1' });
  const terms = { name: 'user/calls', limit: one, windowMs: 60_000, currency: null };
  const drawn = ledger.reserve([{ pot: `1 agent=${HOSTILE}`, ...terms, amount: one, overage: false }], 0);
  expect(drawn.kind).toBe('reserved');
  ledger.close();
}

function log(folder: string): string {
  const file = path.join(folder, `${HOSTILE}.jsonl`);
  fs.writeFileSync(file, decisionLine('1', { tool: HOSTILE, arguments: { a: 'ana@example.com' } }));
  return file;
}

type Prepared = (folder: string) => Partial<CommandInput>;

test.each<[string, Command, Prepared]>([
  ['explain', explainCommand, () => ({ options: { tool: HOSTILE } })],
  [
    'check',
    checkCommand,
    (folder) => {
      fs.writeFileSync(path.join(folder, 'guard.yaml'), `version: '1'\n"${HOSTILE}": 1\n`);
      return {};
    },
  ],
  [
    'limits',
    limitsCommand,
    (folder) => {
      pot(folder);
      return {};
    },
  ],
  ['audit stats', auditStatsCommand, (folder) => ({ options: { audit: log(folder) } })],
  ['audit verify', auditVerifyCommand, (folder) => ({ options: { audit: log(folder) } })],
  ['audit redact', auditRedactCommand, (folder) => ({ options: { check: log(folder) } })],
])('guard %s --json shows no such character raw, and tells of it', async (_name, command, prepared) => {
  const folder = folderWith();
  const { options = {}, ...input } = prepared(folder);
  const { stdout, message } = await runCommand(command, folder, {
    ...input,
    options: { ...options, json: true },
  });
  expect(message).toBe('');
  expect(isRaw(stdout)).toBe(false);
  expect(textsIn(JSON.parse(stdout)).some((text) => text.includes(HOSTILE))).toBe(true);
});

test('guard evidence --json shows no such character raw, and tells of it', async () => {
  const folder = folderWith();
  const options = { session: HOSTILE };
  const put = { args: ['put', 'tests'], options: { ...options, ttl: '30m' } };
  expect(await runCommand(evidenceCommand, folder, put)).toMatchObject({ code: 0 });
  const { stdout } = await runCommand(evidenceCommand, folder, {
    args: ['list'],
    options: { ...options, json: true },
  });
  expect(isRaw(stdout)).toBe(false);
  expect(JSON.parse(stdout)).toMatchObject({ session: HOSTILE });
});

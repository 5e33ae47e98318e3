import { userInfo } from 'node:os';
import type { Ledger, PotState } from '../limits/ledger.js';
import { decimalText } from '../platform/decimal.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import { printText } from './check-print.js';
import { openCommandRecord } from './command-record.js';
import type { CommandInput, Run, Tools } from './command.js';
import { shownJsonLine } from './json-print.js';
import { potTable } from './limits-table.js';
import { openLedger } from './open-ledger.js';
import { textOption } from './text-option.js';

/** Lists the pots or empties one. Throws GuardError `usage`, `ledger-unavailable`, `audit-unwritable`. */
export const run: Run = async (input, tools) => {
  const [action, pot, ...more] = input.args;
  if (action !== undefined && action !== 'reset') {
    throw new GuardError('usage', `expected reset or nothing, got ${printable(action)}`, {
      hint: 'guard limits reset POT --reason TEXT',
    });
  }
  const ledger = openLedger(tools, (text) => tools.stderr.write(`guard: ${printable(text)}\n`));
  try {
    if (action === undefined) return await list(ledger, input, tools);
    if (pot === undefined || more.length > 0) {
      throw new GuardError('usage', 'expected the name of one pot', { hint: 'guard limits lists them' });
    }
    return await reset(ledger, pot, input, tools);
  } finally {
    ledger.close();
  }
};

async function list(ledger: Ledger, { options }: CommandInput, tools: Tools): Promise<number> {
  const nowMs = tools.clock.wallMs();
  const pots = ledger.pots(nowMs);
  const text =
    options['json'] === true ? pots.map((pot) => shownJsonLine(jsonOf(pot))).join('') : potTable(pots, nowMs);
  await printText(tools.stdout, text);
  return EXIT_CODES.ok;
}

async function reset(ledger: Ledger, wanted: string, input: CommandInput, tools: Tools): Promise<number> {
  const reason = textOption(input, 'reason');
  if (reason === undefined || reason.trim() === '') {
    throw new GuardError('usage', 'expected --reason: why the pot is emptied stays on record', {
      hint: `guard limits reset ${printable(wanted)} --reason 'why'`,
    });
  }
  const nowMs = tools.clock.wallMs();
  const found = ledger.pots(nowMs).filter(({ pot, name }) => pot === wanted || name === wanted);
  if (found.length === 0) {
    throw new GuardError('usage', `there is no pot ${printable(wanted)}`, {
      hint: 'guard limits lists them',
    });
  }
  const by = textOption(input, 'as') ?? userInfo().username;
  const record = await openCommandRecord(input, tools);
  try {
    for (const { pot, name, used, currency } of found) {
      if (!ledger.reset(pot, reason, by, nowMs)) continue;
      const detail = { pot, name, used: decimalText(used), currency, by, reason };
      record.write({ event: 'limits-reset', detail });
    }
  } finally {
    record.close();
  }
  await printText(
    tools.stdout,
    found.map(({ name, used }) => `reset ${printable(name)}: ${decimalText(used)} given back\n`).join(''),
  );
  return EXIT_CODES.ok;
}

function jsonOf(state: PotState): object {
  const { pot, name, limit, used, ambiguous, windowMs, currency, nextExpiryMs } = state;
  return {
    pot,
    name,
    limit: decimalText(limit),
    used: decimalText(used),
    ambiguous: decimalText(ambiguous),
    currency,
    window_ms: windowMs,
    next_expiry: nextExpiryMs === null ? null : new Date(nextExpiryMs).toISOString(),
  };
}

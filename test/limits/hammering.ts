import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import { addDecimals, compareDecimals, type Decimal } from '../../src/platform/decimal.js';
import { randomId } from '../../src/platform/random-id.js';
import { pause } from '../support/eventually.js';
import { randomFrom } from '../support/random.js';
import { decimal, text } from './draws.js';
import { type HammerOrders, KILLS_MS, KILLS_PER_WINDOW } from './hammer-orders.js';

interface Reservation {
  readonly amount: Decimal;
  readonly atMs: number;
  /** How far its refund came: told to begin, told to be written. */
  refund: 'none' | 'begun' | 'written';
}

/** What came of it, for the person and for further checks. */
export interface Findings {
  readonly allowed: number;
  readonly used: string;
}

const ZERO = decimal('0');
const FIXTURE = path.join(import.meta.dirname, 'fixtures', 'hammerer.ts');

/** A folder for a ledger and for processes that use it. */
class Hammering {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'guard-hammer-'));
  readonly ledgerFolder = path.join(this.folder, 'ledger');
  readonly #program = path.join(this.folder, 'hammerer.mjs');
  #reports = 0;

  constructor() {
    // Bundled once: eight processes that each compile TypeScript would start at eight different times.
    buildSync({
      entryPoints: [FIXTURE],
      outfile: this.#program,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a process; the promise is kept when it has ended. */
  start(orders: Omit<HammerOrders, 'folder' | 'report'>): {
    kill(): void;
    readonly report: string;
    readonly ended: Promise<void>;
  } {
    this.#reports += 1;
    const report = path.join(this.folder, `report-${this.#reports}`);
    const words = JSON.stringify({ ...orders, folder: this.ledgerFolder, report } satisfies HammerOrders);
    const child = spawn(process.execPath, [this.#program, words], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        if (code === 0 || signal === 'SIGKILL') resolve();
        else reject(new Error(`a process ended with ${String(code ?? signal)}`));
      });
    });
    return { kill: () => void child.kill('SIGKILL'), report, ended };
  }

  /** What the ledger says of a pot now. */
  used(pot: string): Decimal {
    const ledger = createFileLedger({ folder: this.ledgerFolder, newId: () => randomId('', 16) });
    const found = ledger.pots(Date.now()).find((state) => state.pot === pot);
    ledger.close();
    return found?.used ?? ZERO;
  }

  /** Every reservation that a process was told of. */
  reservations(): Map<string, Reservation> {
    const found = new Map<string, Reservation>();
    for (let number = 1; number <= this.#reports; number += 1) {
      const file = path.join(this.folder, `report-${number}`);
      // A process that was killed early reported nothing.
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      for (const line of lines) {
        const [word, id = '', amount = '', at] = line.split(' ');
        if (word === 'u') throw new Error(`the ledger was unavailable: ${line}`);
        if (word === 'r') found.set(id, { amount: decimal(amount), atMs: Number(at), refund: 'none' });
        const reservation = found.get(id);
        if (reservation !== undefined && word === 'f') reservation.refund = 'begun';
        if (reservation !== undefined && word === 'F') reservation.refund = 'written';
      }
    }
    return found;
  }
}

/** Many processes on one pot, none of which is killed: the ledger's sum is what they were told, and within the limit. */
export async function hammer(
  what: 'calls' | 'budget',
  limit: string,
  seconds: number,
  processes: number,
  seed: number,
): Promise<Findings> {
  const hammering = new Hammering();
  try {
    const startMs = Date.now() + 300;
    const orders = { what, limit, startMs, endMs: startMs + seconds * 1000, amountMax: 3 };
    const all = Array.from({ length: processes }, (_, index) =>
      hammering.start({ ...orders, seed: seed + index }),
    );
    await Promise.all(all.map(({ ended }) => ended));
    const kept = [...hammering.reservations().values()].filter(({ refund }) => refund === 'none');
    const told = sum(kept.map(({ amount }) => amount));
    const used = hammering.used(what === 'calls' ? 'calls' : 'money');
    if (compareDecimals(told, used) !== 0) throw new Error(`told ${text(told)}, counted ${text(used)}`);
    if (compareDecimals(used, decimal(limit)) > 0) throw new Error(`${text(used)} is above ${limit}`);
    return { allowed: kept.length, used: text(used) };
  } finally {
    hammering.close();
  }
}

/** Kills processes at random moments; others take their place. Then holds what they were told against the ledger. */
export async function killHammerers(kills: number, seed: number): Promise<Findings> {
  const hammering = new Hammering();
  const random = randomFrom(seed);
  const limit = '1000000';
  try {
    const orders = {
      what: 'kills',
      limit,
      startMs: 0,
      endMs: Number.MAX_SAFE_INTEGER,
      amountMax: 2,
    } as const;
    let left = kills;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const one = hammering.start({ ...orders, seed: seed + left });
        for (let waits = 0; waits < 1000 && !existsSync(one.report); waits += 1) await pause(5);
        await pause(random.below(150));
        one.kill();
        await one.ended;
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const told = [...hammering.reservations().values()];
    const used = hammering.used('money');
    assertWindow(told);
    assertKept(told, used, kills);
    return { allowed: told.length, used: text(used) };
  } finally {
    hammering.close();
  }
}

/** No window ever held more than its limit. What may have been refunded by then is not counted. */
function assertWindow(told: readonly Reservation[]): void {
  const times = told
    .filter(({ refund }) => refund === 'none')
    .map(({ atMs }) => atMs)
    .toSorted((a, b) => a - b);
  for (const [index, atMs] of times.entries()) {
    const before = times[index - KILLS_PER_WINDOW];
    if (before !== undefined && before > atMs - KILLS_MS)
      throw new Error(`too many within ${KILLS_MS} ms at ${atMs}`);
  }
}

/** Nothing that was told is missing, and nothing counts but what was told, save for the last act of each that was killed. */
function assertKept(told: readonly Reservation[], used: Decimal, killed: number): void {
  const least = sum(told.filter(({ refund }) => refund === 'none').map(({ amount }) => amount));
  const open = told.filter(({ refund }) => refund === 'begun').map(({ amount }) => amount);
  const most = addDecimals(addDecimals(least, sum(open)), decimal(String(killed * 2)));
  if (compareDecimals(used, least) < 0) throw new Error(`told ${text(least)}, counted only ${text(used)}`);
  if (compareDecimals(used, most) > 0)
    throw new Error(`counted ${text(used)}, at most ${text(most)} was told`);
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce(addDecimals, ZERO);
}

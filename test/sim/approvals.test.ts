import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApprovalDesk } from '../../src/approvals/desk.js';
import { verifies } from '../requirements.js';
import { Simulation, type Tally } from './simulation.js';

const SEEDS = 500;
/** `SEED=17 npx vitest run test/sim` plays one schedule again. */
const ONE = process.env['SEED'];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function play(seeds: readonly number[], tally: Tally, sabotage?: (desk: ApprovalDesk) => void): void {
  for (const seed of seeds) {
    vi.clearAllTimers();
    new Simulation({ seed, tally, ...(sabotage === undefined ? {} : { sabotage }) }).run();
  }
}

const ALL = ONE === undefined ? Array.from({ length: SEEDS }, (_, index) => index + 1) : [Number(ONE)];

test(`in ${ALL.length} schedules nothing is forwarded without an answer to exactly that call, and no answer twice`, () => {
  verifies('approval:sim:no-forward-without-answer', 'approval:sim:answered-once', 'approval:sim:recorded');
  const tally: Tally = new Map();
  play(ALL, tally);
  if (ONE !== undefined) return;
  // What the schedules never meet they prove nothing about.
  for (const met of [
    'forwarded-approved',
    'forwarded-expired',
    'forwarded-remembered',
    'two-answers',
    'round',
    'crash',
    'reload',
    'answer-digest',
    'answer-forged',
    'answer-edited',
    'answer-replayed',
    'answer-unsigned',
    'cancel',
    'time-out',
    'dialog-accept',
    'dialog-garbage',
    'server-answers-held',
    'reuse',
    'reuse-at-once',
    'cancel-at-once',
    'broken',
    'log',
    'jump',
    'list',
  ]) {
    expect([met, (tally.get(met) ?? 0) >= 20], JSON.stringify([...tally])).toEqual([met, true]);
  }
});

describe('the simulation notices a desk that', () => {
  const few = Array.from({ length: 150 }, (_, index) => index + 1);

  test.each<[string, RegExp, (desk: ApprovalDesk) => void]>([
    [
      'lets a call pass that nobody approved',
      /nobody|silence|is denied/,
      (desk) => {
        const consult = desk.consult.bind(desk);
        desk.consult = (call, id) => {
          const said = consult(call, id);
          return said.kind === 'stopped' ? { ...said, kind: 'passes' } : said;
        };
      },
    ],
    [
      'lets a call pass with the answer to another',
      /another call/,
      (desk) => {
        const consult = desk.consult.bind(desk);
        desk.consult = (call, id) => consult({ ...call, digest: String(call.tool) }, id);
        const hold = desk.hold.bind(desk);
        desk.hold = (call, id, caller) => hold({ ...call, digest: String(call.tool) }, id, caller);
      },
    ],
    [
      'uses an answer twice',
      /used before/,
      (desk) => {
        const consult = desk.consult.bind(desk);
        const passed = new Map<string, ReturnType<typeof consult>>();
        desk.consult = (call, id) => {
          const said = passed.get(call.digest) ?? consult(call, id);
          if (said.kind === 'passes') passed.set(call.digest, said);
          return said;
        };
      },
    ],
    [
      'forgets that a call was cancelled',
      /cancelled|never closed|timers/,
      (desk) => {
        desk.withdraw = (id) => desk.pause(id);
      },
    ],
  ])('%s', (_, fault, sabotage) => {
    expect(() => play(few, new Map(), sabotage)).toThrow(fault);
  });
});

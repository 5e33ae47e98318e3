import path from 'node:path';
import { createBusBoard } from '../../src/approvals/bus/bus-board.js';
import type { ApprovalBoard } from '../../src/approvals/board.js';
import { systemClock } from '../../src/platform/clock.js';
import { median } from './measures.js';
import { Peer, residentMb } from './peer.js';

export interface HeldFindings {
  /** Calls that were held at one time. */
  readonly held: number;
  /** Memory of guard that they took, in MB. */
  readonly heldMb: number;
  /** Milliseconds from an answer to the receipt that guard has applied it, with all of them held. */
  readonly applyMs: number;
  /** Milliseconds from an answer in another process to the server's answer at the client, with one call held. */
  readonly releaseMs: number;
}

const APPROVED = { decision: 'approved', reason: null, remember: null } as const;

/** How many of the held calls are answered while the rest waits. */
const ANSWERED = 100;
const ALONE = 40;

/** Holds many calls of one guard process and answers them over the bus; `words` starts guard with a policy that asks. */
export async function heldCalls(
  words: readonly string[],
  stateDir: string,
  count: number,
): Promise<HeldFindings> {
  const env = { ...process.env, XDG_STATE_HOME: stateDir };
  const board = createBusBoard({
    folder: path.join(stateDir, 'guard', 'approvals'),
    clock: systemClock(),
    approver: { name: 'bench', presence: 'script' },
  });
  const peer = new Peer(words, env);
  await peer.initialize();
  const releaseMs = await aloneMs(peer, board);
  const before = residentMb(peer.pid);
  const calls = Array.from({ length: count }, () => peer.call('hold'));
  await until(() => board.pending().length === count);
  await quiet(2000);
  const heldMb = residentMb(peer.pid) - before;
  const times: number[] = [];
  for (const { request } of board.pending().slice(0, ANSWERED)) {
    const begin = performance.now();
    await board.answer(request, APPROVED);
    times.push(performance.now() - begin);
  }
  board.close();
  await peer.close();
  void Promise.allSettled(calls);
  return { held: count, heldMb, applyMs: median(times), releaseMs };
}

/** One call is held and answered after the other. */
async function aloneMs(peer: Peer, board: ApprovalBoard): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < ALONE; index++) {
    const call = peer.call('hold');
    await until(() => board.pending().length === 1);
    const [pending] = board.pending();
    if (pending === undefined) throw new Error('the held call is gone');
    const begin = performance.now();
    const answered = board.answer(pending.request, APPROVED);
    await call;
    times.push(performance.now() - begin);
    await answered;
  }
  return median(times);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the held calls do not show on the bus');
    await quiet(20);
  }
}

function quiet(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}

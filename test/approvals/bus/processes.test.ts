import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { currentOwner, isOwnerAlive } from '../../../src/platform/process-owner.js';
import { systemClock } from '../../../src/platform/clock.js';
import { approvalAnswer, approvalId, approvalRequest } from '../../support/approval-requests.js';
import { eventually, within } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';
import { useBusRig } from './bus-rig.js';

verifies('approval:bus:dead-owner', 'approval:bus:files');

const rig = useBusRig();
const approve = { decision: 'approved', reason: null, remember: null } as const;
const deny = { decision: 'denied', reason: null, remember: null } as const;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Holder {
  readonly child: ChildProcess;
  lines(): string[];
  readonly ended: Promise<unknown>;
}

/** Another guard process that holds requests, once they are on the bus. */
async function startHolder(first: number, count: number): Promise<Holder> {
  const script = path.join(import.meta.dirname, 'fixtures', 'holder.ts');
  const words = ['--import', 'tsx', script, rig.folder, String(first), String(count)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const holder: Holder = {
    child,
    lines: () => text.split('\n').filter(Boolean),
    ended: once(child, 'close'),
  };
  await eventually('the holder', () => holder.lines().includes('ready'));
  return holder;
}

describe('two processes', () => {
  test('a board answers what another process holds', async () => {
    const holder = await startHolder(1, 2);
    const board = rig.board({ clock: systemClock() });
    const [first, second] = board.pending().map(({ request }) => request);
    if (first === undefined || second === undefined) throw new Error('nothing is pending');
    expect(await board.answer(first, approve)).toEqual({ kind: 'accepted' });
    expect(await board.answer(second, deny)).toEqual({ kind: 'accepted' });
    await within('the end of the holder', holder.ended);
    expect(holder.lines()).toEqual(['ready', `${first.id} approved ana`, `${second.id} denied ana`]);
    expect(board.pending()).toEqual([]);
    expect(board.ended(9)).toHaveLength(2);
  });

  test('several holders and several boards: each answer reaches its own request, once', async () => {
    const holders = await Promise.all([startHolder(100, 20), startHolder(200, 20)]);
    const boards = ['ana', 'bo'].map((name) =>
      rig.board({ clock: systemClock(), approver: { name, presence: 'terminal' } }),
    );
    const pending = boards[0]?.pending() ?? [];
    expect(pending).toHaveLength(40);
    const receipts = await Promise.all(
      pending.flatMap(({ request }) => boards.map((board) => board.answer(request, approve))),
    );
    for (const holder of holders) await within('the end of a holder', holder.ended);
    const counted = holders.flatMap((holder) => holder.lines().slice(1)).map((line) => line.split(' ')[0]);
    expect(counted.toSorted()).toEqual(pending.map(({ request }) => request.id).toSorted());
    expect(receipts.filter(({ kind }) => kind === 'accepted')).toHaveLength(40);
    expect(receipts.filter(({ kind }) => kind === 'late')).toHaveLength(40);
    expect([rig.names('requests'), rig.names('answers')]).toEqual([[], []]);
  });
});

describe('an owner that is gone', () => {
  test('a killed process holds nothing: its requests are withdrawn, also for who watches', async () => {
    const holder = await startHolder(1, 2);
    const board = rig.board({ clock: systemClock() });
    let changes = 0;
    board.onChange(() => (changes += 1));
    const [first] = board.pending();
    if (first === undefined) throw new Error('nothing is pending');
    changes = 0;
    holder.child.kill('SIGKILL');
    await within('the end of the holder', holder.ended);
    rig.plant('answers', `${approvalId(2)}.json`, approvalAnswer(approvalRequest(2), 'approved'));
    await eventually('the change', () => changes > 0);
    expect(await board.answer(first.request, approve)).toEqual({
      kind: 'late',
      end: expect.objectContaining({ state: 'withdrawn', reason: 'the guard process is gone' }),
    });
    expect(board.pending()).toEqual([]);
    expect([rig.names('requests'), rig.names('answers')]).toEqual([[], []]);
    expect(board.ended(9).map(({ end }) => [end.state, end.reason, end.approver])).toEqual([
      ['withdrawn', 'the guard process is gone', null],
      ['withdrawn', 'the guard process is gone', null],
    ]);
  });

  test('a process that was given the same pid is another one', () => {
    const { pid, started } = currentOwner();
    expect(started).toMatch(/^\d+$/);
    expect(isOwnerAlive({ pid, started })).toBe(true);
    expect(isOwnerAlive({ pid, started: null })).toBe(true);
    expect(isOwnerAlive({ pid, started: `${Number(started) - 1}` })).toBe(false);
    const reused = approvalRequest(1, { owner: { pid, started: '1' } });
    rig.plant('requests', `${reused.id}.json`, reused);
    const board = rig.board();
    expect(board.pending()).toEqual([]);
    expect(board.ended(1)[0]?.request.id).toBe(reused.id);
  });

  test('process 1 is there, whoever it belongs to, and no process has pid 2 ** 30', () => {
    expect(isOwnerAlive({ pid: 1, started: null })).toBe(true);
    expect(isOwnerAlive({ pid: 2 ** 30, started: null })).toBe(false);
  });

  test('where the end cannot be written the request is not shown all the same', () => {
    const request = approvalRequest(1, { owner: { pid: 2 ** 30, started: null } });
    rig.plant('requests', `${request.id}.json`, request);
    const full = {
      user: process.getuid?.(),
      pid: process.pid,
      link() {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
      watch: () => ({ close: () => undefined }),
    };
    expect(rig.board({ system: full }).pending()).toEqual([]);
    expect(rig.names('ended')).toEqual([]);
  });
});

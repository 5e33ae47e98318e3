import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BusSystem, systemBus } from '../../../src/approvals/bus/bus-system.js';
import { approvalAnswer, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { useBusRig } from './bus-rig.js';

const rig = useBusRig();
const request = approvalRequest(1);
const approve = { decision: 'approved', reason: null, remember: null } as const;
const modeOf = (file: string): string => (fs.statSync(file).mode & 0o7777).toString(8);

describe('a bus that is made', () => {
  test('is open to its owner only, in every part', async () => {
    const before = process.umask(0);
    try {
      rig.folder = path.join(rig.folder, 'and', 'deeper');
      const { answers, ticket } = rig.open(rig.channel(), request, () => ({ kind: 'refused', why: 'no' }));
      const folders = fs.readdirSync(rig.folder).toSorted();
      expect(folders).toEqual(['answers', 'ended', 'refused', 'requests']);
      for (const folder of ['.', ...folders]) expect(modeOf(path.join(rig.folder, folder))).toBe('700');
      const answering = rig.board().answer(request, approve);
      expect(modeOf(path.join(rig.folder, 'requests', `${request.id}.json`))).toBe('600');
      expect(await answering).toEqual({ kind: 'refused', why: 'no' });
      ticket.close(endBy(approvalAnswer(request, 'denied')));
      expect(answers).toHaveLength(1);
      for (const file of [`ended/${request.id}.json`, `refused/${request.id}.1.json`])
        expect(modeOf(path.join(rig.folder, file))).toBe('600');
    } finally {
      process.umask(before);
    }
  });
});

/** What stands in the place of the bus or a part of it, and what is said. */
const OBSTACLES: readonly (readonly [title: string, place: (folder: string) => void, words: RegExp])[] = [
  ['a file', (folder) => fs.writeFileSync(folder, ''), /expected a folder, got something else; move it away/],
  ['a symlink to a folder', symlink, /expected a folder, got a symlink; remove the symlink/],
  ['a symlink to nothing', (folder) => fs.symlinkSync('/nowhere/at/all', folder), /got a symlink/],
  [
    'a folder that a group may read',
    (folder) => fs.mkdirSync(folder, 0o750),
    /owner only, got mode 0750; run: chmod 700/,
  ],
  [
    'a folder that all may enter',
    (folder) => fs.mkdirSync(folder, 0o701),
    /owner only, got mode 0701; run: chmod 700/,
  ],
];

function symlink(folder: string): void {
  const elsewhere = path.join(rig.folder, '..', 'elsewhere');
  fs.mkdirSync(elsewhere, 0o700);
  fs.symlinkSync(path.resolve(elsewhere), folder);
}

describe.each(['.', 'requests', 'answers', 'ended', 'refused'])('in the place of %s', (part) => {
  test.each(OBSTACLES)('%s is refused in words, by both sides', async (_title, place, words) => {
    const before = process.umask(0);
    const at = path.join(rig.folder, part);
    fs.mkdirSync(path.dirname(at), { recursive: true, mode: 0o700 });
    place(at);
    process.umask(before);
    const { undelivered, answers } = rig.open(rig.channel(), request);
    expect(undelivered).toEqual([]);
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual([expect.stringMatching(words)]);
    const board = rig.board();
    expect([board.pending(), board.ended(3), board.lastApproved(request), answers]).toEqual([
      [],
      [],
      undefined,
      [],
    ]);
    expect(board.troubles()).toEqual([expect.stringMatching(words)]);
    expect(await board.answer(request, approve)).toEqual({
      kind: 'refused',
      why: expect.stringMatching(words),
    });
    const elsewhere = path.join(rig.folder, '..', 'elsewhere');
    expect(fs.existsSync(elsewhere) ? fs.readdirSync(elsewhere) : []).toEqual([]);
  });
});

describe('a bus that cannot be written', () => {
  test('a folder that cannot be made is said', async () => {
    rig.folder = '/proc/guard/approvals';
    const { undelivered } = rig.open(rig.channel(), request);
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual([expect.stringMatching(/cannot make the approvals folder \/proc\/guard/)]);
  });

  test('a request file that is there already is not touched', async () => {
    const file = rig.plant('requests', `${request.id}.json`, 'mine');
    const { undelivered } = rig.open(rig.channel(), request);
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual([expect.stringMatching(/there is a file .* already; remove it/)]);
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });

  test('a full disk is said, and leaves nothing half done', async () => {
    const full: BusSystem = {
      ...systemBus(),
      link() {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    };
    const { undelivered } = rig.open(rig.channel({ system: full }), request);
    await eventually('the report', () => undelivered.length > 0);
    expect(undelivered).toEqual([expect.stringMatching(/ENOSPC.*; free some space on that disk/)]);
    expect(rig.names('requests')).toEqual([]);
    rig.open(rig.channel(), request);
    expect(await rig.board({ system: full }).answer(request, approve)).toEqual({
      kind: 'refused',
      why: expect.stringContaining('ENOSPC'),
    });
    expect(rig.names('answers')).toEqual([]);
  });

  test('a request that is too large, is another process’s, has a bad id or comes after the end is said', async () => {
    const channel = rig.channel();
    const opened = [
      approvalRequest(1, { arguments: 'x'.repeat(5 * 1024 * 1024) }),
      approvalRequest(2, { owner: { pid: 1, started: null } }),
      approvalRequest(3, { id: '../../etc/passwd' }),
      approvalRequest(4),
      approvalRequest(4),
    ].map((one) => rig.open(channel, one));
    await eventually('the reports', () => opened.flatMap(({ undelivered }) => undelivered).length >= 4);
    channel.close();
    opened.push(rig.open(channel, approvalRequest(5)));
    await eventually('the last report', () => opened.at(-1)?.undelivered.length === 1);
    expect(opened.map(({ undelivered }) => undelivered)).toEqual([
      [expect.stringMatching(/would have \d+ bytes, more than/)],
      [expect.stringContaining('belongs to process 1')],
      [expect.stringContaining('is not the id of a request')],
      [],
      [expect.stringContaining('is open already')],
      [expect.stringContaining('closed')],
    ]);
  });

  test('the end of a request is noted where it cannot be written, and the request goes', () => {
    const { ticket } = rig.open(rig.channel(), request);
    fs.mkdirSync(path.join(rig.folders.ended, `${request.id}.json`));
    ticket.update({ ...request, escalated_at: request.created_at });
    ticket.close(endBy(approvalAnswer(request, 'approved')));
    expect(rig.names('requests')).toEqual([]);
    expect(rig.notes).toEqual([
      expect.stringMatching(/how the request \S+ ended is not on the bus: cannot write/),
    ]);
  });

  test('what took the place of the bus meanwhile is left alone', () => {
    const { ticket } = rig.open(rig.channel(), request);
    fs.chmodSync(rig.folder, 0o755);
    ticket.update({ ...request, escalated_at: request.created_at });
    ticket.close(endBy(approvalAnswer(request, 'approved')));
    expect(rig.notes).toEqual([
      expect.stringMatching(/is shown as it was: .*chmod 700/),
      expect.stringMatching(/stays on the bus: .*chmod 700/),
    ]);
    expect(rig.names('requests')).toEqual([`${request.id}.json`]);
  });
});

/** A machine whose links fail like this. */
function failing(code: string): BusSystem {
  return {
    ...systemBus(),
    link() {
      throw Object.assign(new Error(code), { code });
    },
  };
}

describe('without hard links', () => {
  test.each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EXDEV'])(
    '(%s) files are created exclusively all the same',
    async (code) => {
      const system = failing(code);
      const { answers } = rig.open(rig.channel({ system }), request);
      const boards = ['ana', 'bo'].map((approver) =>
        rig.board({ system, approver: { name: approver, presence: 'terminal' } }),
      );
      const receipts = await Promise.all(boards.map((board) => board.answer(request, approve)));
      expect(receipts.map(({ kind }) => kind)).toEqual(['accepted', 'late']);
      expect(answers).toHaveLength(1);
      expect(fs.readdirSync(rig.folders.requests).concat(rig.names('answers'))).toEqual([]);
    },
  );
});

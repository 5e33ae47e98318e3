import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../../src/approvals/bus/bus-files.js';
import { type BusSystem, systemBus } from '../../../src/approvals/bus/bus-system.js';
import {
  APPROVAL_ANSWER_BYTES_MAX,
  APPROVAL_REFUSALS_PER_REQUEST_MAX,
  APPROVAL_REQUEST_BYTES_MAX,
  APPROVAL_TROUBLES_MAX,
} from '../../../src/platform/bounds.js';
import { approvalAnswer, approvalId, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { verifies } from '../../requirements.js';
import { useBusRig } from './bus-rig.js';

verifies('approval:bus:distrust');

const rig = useBusRig();
const request = approvalRequest(1);
const name = `${request.id}.json`;
const approve = { decision: 'approved', reason: null, remember: null } as const;
/** How a request ends that ana approved. */
const approval = endBy(approvalAnswer(request, 'approved'));

/** Puts something in the place of a file, and says it in the words of the trouble. */
type Spoil = readonly [title: string, spoil: (file: string, valid: object) => void, words: RegExp];

const SPOILS: readonly Spoil[] = [
  ['is cut off', (file, valid) => write(file, JSON.stringify(valid).slice(0, -20)), /is cut off or no JSON/],
  ['is empty', (file) => write(file, ''), /is empty/],
  ['is not UTF-8', (file) => write(file, Buffer.from([0x7b, 0xff, 0x7d])), /is cut off or no JSON/],
  ['is a list', (file) => write(file, '[]'), /holds no JSON object/],
  [
    'is nested without end',
    (file) => write(file, `{"v":1,"a":${'['.repeat(9000)}${']'.repeat(9000)}}`),
    /nested deeper/,
  ],
  [
    'is of another version',
    (file, valid) => write(file, JSON.stringify({ ...valid, v: 2 })),
    /is of version 2, and this guard reads version 1/,
  ],
  ['has no version', (file, valid) => write(file, JSON.stringify({ ...valid, v: '1' })), /is of no version/],
  [
    'has a member too many',
    (file, valid) => write(file, JSON.stringify({ ...valid, approved: true })),
    /unknown member approved/,
  ],
  [
    'has a member too few',
    (file, valid) => write(file, JSON.stringify({ ...valid, digest: undefined })),
    /member digest that is missing/,
  ],
  [
    'has the id of another',
    (file, valid) => write(file, JSON.stringify({ ...valid, id: approvalId(7) })),
    /the id of another request inside/,
  ],
  ['is a symlink', (file, valid) => symlink(file, valid), /is a symlink/],
  ['is a folder', (file) => fs.mkdirSync(file), /is a folder/],
  ['is a pipe', (file) => void execFileSync('mkfifo', [file]), /is not a regular file/],
  [
    'may be written by a group',
    (file, valid) => write(file, JSON.stringify(valid), 0o620),
    /has mode 0620, which lets others write it/,
  ],
  [
    'may be written by all',
    (file, valid) => write(file, JSON.stringify(valid), 0o602),
    /has mode 0602, which lets others write it/,
  ],
];

function write(file: string, content: string | Buffer, mode = 0o600): void {
  fs.writeFileSync(file, content);
  fs.chmodSync(file, mode);
}

/** A valid file outside the bus, and a symlink to it. */
function symlink(file: string, valid: object): void {
  const outside = path.join(path.dirname(path.dirname(path.dirname(file))), 'outside.json');
  write(outside, JSON.stringify(valid));
  fs.symlinkSync(outside, file);
}

describe('an answer file that', () => {
  test.each(SPOILS)(
    '%s never counts, is refused in words, and makes room for a valid one',
    async (_title, spoil, words) => {
      const recorded: string[] = [];
      const channel = rig.channel({ onRefused: (id, why) => recorded.push(`${id} ${why}`) });
      const { answers } = rig.open(channel, request);
      const outside = path.join(path.dirname(rig.folder), 'outside.json');
      spoil(path.join(rig.folders.answers, name), approvalAnswer(request, 'approved'));
      await eventually('the refusal', () => rig.names('refused').length > 0);
      expect(answers).toEqual([]);
      expect(rig.read('refused', `${request.id}.1`)).toMatchObject({
        id: request.id,
        why: expect.stringMatching(words),
        answer: null,
      });
      expect(rig.notes).toEqual([expect.stringMatching(words)]);
      expect(recorded).toEqual([expect.stringMatching(words)]);
      // What a symlink names is nobody's business here.
      if (words.source.includes('symlink')) expect(fs.existsSync(outside)).toBe(true);
      expect(await rig.board().answer(request, approve)).toEqual({ kind: 'accepted' });
    },
  );

  test('is too large never counts', async () => {
    const { answers } = rig.open(rig.channel(), request);
    const reason = 'x'.repeat(APPROVAL_ANSWER_BYTES_MAX);
    rig.plant('answers', name, approvalAnswer(request, 'approved', { reason }));
    await eventually('the refusal', () => rig.names('refused').length > 0);
    expect(answers).toEqual([]);
    expect(rig.notes[0]).toMatch(/has \d+ bytes, more than/);
    expect(rig.names('answers')).toEqual([]);
  });

  test('claims a presence or a channel that no file has never counts', async () => {
    const { answers } = rig.open(rig.channel(), request);
    for (const [count, more] of [
      { presence: 'remembered' },
      { presence: 'client' },
      { presence: 'timeout' },
      { channel: 'slack' },
    ].entries()) {
      rig.plant('answers', name, approvalAnswer(request, 'approved', more as object));
      await eventually('the refusal', () => rig.names('refused').length > count);
    }
    expect(answers).toEqual([]);
    expect(rig.notes.join('')).toMatch(/kind remembered[^]*kind client[^]*kind timeout[^]*came by slack/);
  });

  test('is still being written is waited for', async () => {
    const { answers } = rig.open(rig.channel(), request);
    const text = JSON.stringify(approvalAnswer(request, 'denied'));
    const file = rig.plant('answers', name, text.slice(0, 30));
    fs.appendFileSync(file, text.slice(30));
    await eventually('the answer', () => answers.length > 0);
    expect(rig.names('refused')).toEqual([]);
  });

  test('cannot be removed is refused once and not at every look', async () => {
    const { answers, ticket } = rig.open(rig.channel(), request);
    fs.mkdirSync(path.join(rig.folders.answers, name));
    rig.plant('answers', `${name}/inside`, '');
    await eventually('the refusal', () => rig.names('refused').length > 0);
    rig.plant('answers', 'other', '');
    const next = approvalRequest(2);
    rig.open(rig.channel(), next);
    expect(await rig.board().answer(next, approve)).toEqual({ kind: 'accepted' });
    expect([answers, rig.notes.length, rig.names('refused').length]).toEqual([[], 1, 1]);
    ticket.close({ ...approval, state: 'expired' });
    expect(rig.names('requests')).toEqual([]);
  });

  test('comes again and again leaves a bounded number of refusals', async () => {
    const { answers } = rig.open(rig.channel(), request);
    for (let count = 1; count <= APPROVAL_REFUSALS_PER_REQUEST_MAX + 5; count += 1) {
      rig.plant('answers', name, `{"v":${count + 1}}`);
      await eventually('the refusal', () => rig.names('refused').includes(`${request.id}.${count}.json`));
    }
    expect(answers).toEqual([]);
    expect(rig.names('refused')).toHaveLength(APPROVAL_REFUSALS_PER_REQUEST_MAX);
    expect(rig.notes.length).toBeLessThan(APPROVAL_REFUSALS_PER_REQUEST_MAX + 1);
  });

  test('cannot be judged, since judging fails, is refused', async () => {
    const { answers } = rig.open(rig.channel(), request, () => {
      throw new Error('no room');
    });
    expect(await rig.board().answer(request, approve)).toEqual({
      kind: 'refused',
      why: 'it could not be judged: no room',
    });
    expect(answers).toHaveLength(1);
  });
});

describe('a request file that', () => {
  test.each(SPOILS)('%s is no request, and the board says so', (_title, spoil, words) => {
    rig.plant('requests', `${approvalId(9)}.json`, approvalRequest(9));
    spoil(path.join(rig.folders.requests, name), request);
    const board = rig.board();
    expect(board.pending().map(({ request: { id } }) => id)).toEqual([approvalId(9)]);
    expect(board.troubles()).toEqual([
      expect.stringMatching(new RegExp(`${name}.*${words.source}.*; remove it`)),
    ]);
  });

  test('is too large is no request', () => {
    rig.plant('requests', name, 'x'.repeat(APPROVAL_REQUEST_BYTES_MAX + 1));
    expect(rig.board().troubles()).toEqual([expect.stringMatching(/has \d+ bytes, more than/)]);
  });

  test('has a foreign name is said, with nothing that a terminal would act on', () => {
    rig.plant('requests', 'READ\u001b[2JME', 'hello');
    rig.plant('requests', '.apr_1.9.1.tmp', 'being written');
    const board = rig.board();
    expect(board.pending()).toEqual([]);
    expect(board.troubles()).toEqual([
      expect.stringMatching(/READ\\u\{001b\}\[2JME has no name of a request/),
    ]);
  });

  test('is one of very many is counted', () => {
    for (let count = 0; count < APPROVAL_TROUBLES_MAX + 3; count += 1) rig.plant('requests', `x${count}`, '');
    const troubles = rig.board().troubles();
    expect(troubles).toHaveLength(APPROVAL_TROUBLES_MAX + 1);
    expect(troubles.at(-1)).toMatch(/^3 more files/);
  });

  test('is replaced is read anew', () => {
    rig.plant('requests', name, '{');
    const board = rig.board();
    expect(board.pending()).toEqual([]);
    rig.plant('requests', name, request);
    expect(board.pending()).toHaveLength(1);
    expect(board.troubles()).toEqual([]);
  });
});

/** Those that say nothing of a member, which is elsewhere in another kind of file. */
const ENDED_SPOILS = SPOILS.filter(([, , words]) => !/digest|another request/.test(words.source));

describe('an ended or refused file that cannot be trusted', () => {
  test.each(ENDED_SPOILS)('since it %s is left out and said', (_title, spoil, words) => {
    const other = approvalRequest(9);
    rig.open(rig.channel(), other).ticket.close(approval);
    spoil(path.join(rig.folders.ended, name), { v: 1, request, end: approval });
    const board = rig.board();
    expect(board.ended(9).map((ended) => ended.request.id)).toEqual([other.id]);
    expect(board.lastApproved(request)?.request.id).toBe(other.id);
    expect(board.troubles()).toEqual([expect.stringMatching(words)]);
  });

  test('since it has the id of another is left out and said', () => {
    rig.plant('ended', `${approvalId(9)}.json`, { v: 1, request, end: approval });
    const board = rig.board();
    expect([board.ended(9), board.lastApproved(request)]).toEqual([[], undefined]);
    expect(board.troubles()).toEqual([expect.stringMatching(/id of another request/)]);
  });

  test('a refusal that somebody else wrote does not speak for an answer', async () => {
    rig.open(rig.channel(), request, (answer, ticket) => {
      rig.plant('refused', `${request.id}.9.json`, {
        v: 1,
        id: request.id,
        why: 'forged',
        at: request.created_at,
        answer: 'f'.repeat(64),
      });
      rig.plant('refused', `${request.id}.8.json`, 'forged');
      ticket.close({ ...approval, approver: answer.approver });
      return { kind: 'accepted' };
    });
    expect(await rig.board().answer(request, approve)).toEqual({ kind: 'accepted' });
  });
});

describe('what belongs to another user', () => {
  test('is not read: the folder', () => {
    rig.plant('requests', name, request);
    const other: BusSystem = { ...systemBus(), user: 4711 };
    const board = rig.board({ system: other });
    expect(board.pending()).toEqual([]);
    expect(board.troubles()).toEqual([
      expect.stringMatching(/expected owner 4711, got owner \d+; move it away/),
    ]);
  });

  test('is not read: a file in it', () => {
    rig.plant('answers', name, approvalAnswer(request, 'approved'));
    expect(readAnswer(rig.folders.answers, request.id, 4711)).toEqual({
      kind: 'trouble',
      why: expect.stringMatching(/belongs to user \d+, expected 4711/),
      unfinished: false,
    });
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ApprovalAnswer } from '../../../src/approvals/answer.js';
import type { ApprovalBoard } from '../../../src/approvals/board.js';
import { type BusBoardOptions, createBusBoard } from '../../../src/approvals/bus/bus-board.js';
import { type BusChannelOptions, createBusChannel } from '../../../src/approvals/bus/bus-channel.js';
import { busFolders, type BusFolders, fileOf, makeBusFolder } from '../../../src/approvals/bus/bus-folder.js';
import { currentOwner } from '../../../src/platform/process-owner.js';
import type { AnswerReceipt, ApprovalChannel, ChannelTicket } from '../../../src/approvals/channel.js';
import type { ApprovalRequest } from '../../../src/approvals/request.js';
import type { Clock } from '../../../src/platform/clock.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import { endBy } from '../../support/approval-requests.js';

/** Where the wall clock of the rig begins. */
export const START = '2026-11-22T08:00:00.000Z';

/** A request that is open on the bus, and what its channel told of it. */
interface Opened {
  readonly ticket: ChannelTicket;
  readonly answers: ApprovalAnswer[];
  readonly undelivered: string[];
}

/** A bus in a folder of its own, with a clock that is moved by hand; everything is closed after the test. */
export interface BusRig {
  folder: string;
  folders: BusFolders;
  wallMs: number;
  readonly clock: Clock;
  /** What was said on stderr. */
  readonly notes: string[];
  channel(more?: Partial<BusChannelOptions>): ApprovalChannel;
  board(more?: Partial<BusBoardOptions>): ApprovalBoard;
  /** Opens a request as a desk does that takes the first answer, or judges them as it is told. */
  open(
    channel: ApprovalChannel,
    request: ApprovalRequest,
    judge?: (answer: ApprovalAnswer, ticket: ChannelTicket) => AnswerReceipt,
  ): Opened;
  /** Writes a file as any program of the same user could. */
  plant(folder: keyof BusFolders, name: string, content: object | string, mode?: number): string;
  names(folder: keyof BusFolders): string[];
  read(folder: keyof BusFolders, id: string): unknown;
}

/** Registers the hooks and returns the rig of the test that runs. */
export function useBusRig(): BusRig {
  const open: { close(): void }[] = [];
  const keep = <Value extends { close(): void }>(value: Value): Value => {
    open.push(value);
    return value;
  };
  const rig: BusRig = {
    folder: '',
    folders: busFolders('/'),
    wallMs: 0,
    clock: {
      wallMs: () => rig.wallMs,
      timestamp: () => new Date(rig.wallMs).toISOString(),
      monotonicMs: () => rig.wallMs - Date.parse(START),
    },
    notes: [],
    channel: (more = {}) =>
      keep(
        createBusChannel({
          folder: rig.folder,
          clock: rig.clock,
          diagnostics: createDiagnostics((line) => rig.notes.push(line)),
          owner: currentOwner(),
          ...more,
        }),
      ),
    board: (more = {}) =>
      keep(
        createBusBoard({
          folder: rig.folder,
          clock: rig.clock,
          approver: { name: 'ana', presence: 'terminal' },
          ...more,
        }),
      ),
    open(channel, request, judge = accept) {
      const answers: ApprovalAnswer[] = [];
      const undelivered: string[] = [];
      const ticket = channel.open(request, {
        answer(answer) {
          answers.push(answer);
          return judge(answer, ticket);
        },
        undelivered: (why) => undelivered.push(why),
      });
      return { ticket, answers, undelivered };
    },
    plant(folder, name, content, mode = 0o600) {
      const file = path.join(rig.folders[folder], name);
      makeBusFolder(rig.folders, process.getuid?.());
      fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
      fs.chmodSync(file, mode);
      return file;
    },
    names: (folder) => (fs.existsSync(rig.folders[folder]) ? fs.readdirSync(rig.folders[folder]) : []),
    read: (folder, id) => JSON.parse(fs.readFileSync(fileOf(rig.folders[folder], id), 'utf8')),
  };
  beforeEach(() => {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-bus-'));
    rig.folder = path.join(parent, 'approvals');
    rig.folders = busFolders(rig.folder);
    rig.wallMs = Date.parse(START);
    rig.notes.length = 0;
  });
  afterEach(() => {
    for (const closing of open.splice(0)) closing.close();
    fs.rmSync(path.dirname(rig.folder), { recursive: true, force: true });
  });
  return rig;
}

/** As a desk with one channel does with the first answer. */
function accept(answer: ApprovalAnswer, ticket: ChannelTicket): AnswerReceipt {
  ticket.close(endBy(answer));
  return { kind: 'accepted' };
}

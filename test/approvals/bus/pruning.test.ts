import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { BusFolders } from '../../../src/approvals/bus/bus-folder.js';
import {
  APPROVAL_LEFTOVER_MS,
  APPROVALS_ENDED_MAX,
  APPROVALS_KEPT_MS,
  APPROVALS_PRUNE_EVERY,
  APPROVALS_REFUSED_MAX,
} from '../../../src/platform/bounds.js';
import { approvalAnswer, approvalId, approvalRequest, endBy } from '../../support/approval-requests.js';
import { useBusRig } from './bus-rig.js';

const rig = useBusRig();
const end = endBy(approvalAnswer(approvalRequest(1), 'denied'));

/** Writes a file as it was written that long before the rig's clock. */
function plantOld(folder: keyof BusFolders, name: string, ageMs: number): void {
  const file = rig.plant(folder, name, {});
  const seconds = (rig.wallMs - ageMs) / 1000;
  fs.utimesSync(file, seconds, seconds);
}

test('a board keeps the newest ended and refused files, and none that is too old', () => {
  for (let count = 0; count < APPROVALS_ENDED_MAX + 10; count += 1) {
    plantOld('ended', `${approvalId(count)}.json`, count * 1000);
    plantOld('refused', `${approvalId(1)}.${count}.json`, count * 1000);
  }
  plantOld('ended', `${approvalId(9000)}.json`, APPROVALS_KEPT_MS + 1000);
  plantOld('ended', 'notes.txt', APPROVALS_KEPT_MS * 2);
  rig.board();
  expect(rig.names('ended').toSorted()).toEqual([
    ...Array.from({ length: APPROVALS_ENDED_MAX }, (_, count) => `${approvalId(count)}.json`),
    'notes.txt',
  ]);
  expect(rig.names('refused')).toHaveLength(APPROVALS_REFUSED_MAX);
  expect(rig.names('refused')).toContain(`${approvalId(1)}.0.json`);
});

test('what is too old goes, although there are few', () => {
  plantOld('ended', `${approvalId(1)}.json`, APPROVALS_KEPT_MS - 1000);
  plantOld('ended', `${approvalId(2)}.json`, APPROVALS_KEPT_MS + 1000);
  rig.board();
  expect(rig.names('ended')).toEqual([`${approvalId(1)}.json`]);
});

test('what killed writers left behind goes after a while, and answers to nothing', () => {
  for (const ageMs of [APPROVAL_LEFTOVER_MS - 1000, APPROVAL_LEFTOVER_MS + 1000]) {
    const count = ageMs > APPROVAL_LEFTOVER_MS ? 2 : 1;
    plantOld('requests', `.${approvalId(count)}.1.1.tmp`, ageMs);
    plantOld('answers', `.${approvalId(count)}.1.1.tmp`, ageMs);
    plantOld('answers', `${approvalId(count)}.json`, ageMs);
    plantOld('answers', `${approvalId(count + 2)}.json`, ageMs);
    plantOld('requests', `${approvalId(count + 2)}.json`, ageMs);
  }
  rig.board();
  expect(rig.names('requests').toSorted()).toEqual([
    `.${approvalId(1)}.1.1.tmp`,
    `${approvalId(3)}.json`,
    `${approvalId(4)}.json`,
  ]);
  expect(rig.names('answers').toSorted()).toEqual([
    `.${approvalId(1)}.1.1.tmp`,
    `${approvalId(1)}.json`,
    `${approvalId(3)}.json`,
    `${approvalId(4)}.json`,
  ]);
});

test('an owner prunes now and then, and when it ends', () => {
  for (let count = 0; count < APPROVALS_ENDED_MAX; count += 1) {
    plantOld('ended', `${approvalId(10_000 + count)}.json`, 60_000 + count);
  }
  const channel = rig.channel();
  const endOne = (count: number): void => rig.open(channel, approvalRequest(count)).ticket.close(end);
  for (let count = 1; count < APPROVALS_PRUNE_EVERY; count += 1) endOne(count);
  expect(rig.names('ended')).toHaveLength(APPROVALS_ENDED_MAX + APPROVALS_PRUNE_EVERY - 1);
  endOne(APPROVALS_PRUNE_EVERY);
  expect(rig.names('ended')).toHaveLength(APPROVALS_ENDED_MAX);
  endOne(APPROVALS_PRUNE_EVERY + 1);
  channel.close();
  expect(rig.names('ended')).toHaveLength(APPROVALS_ENDED_MAX);
  expect(rig.names('ended')).toContain(`${approvalId(APPROVALS_PRUNE_EVERY + 1)}.json`);
});

test('a clock that goes back prunes nothing', () => {
  plantOld('ended', `${approvalId(1)}.json`, 0);
  rig.wallMs = 0;
  rig.board();
  expect(fs.readdirSync(path.join(rig.folder, 'ended'))).toHaveLength(1);
});

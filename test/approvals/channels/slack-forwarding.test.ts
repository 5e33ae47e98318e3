import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SlackForwarding } from '../../../src/approvals/channels/slack-forwarding.js';
import type { SlackAct } from '../../../src/approvals/channels/slack-payload.js';
import { systemClock } from '../../../src/platform/clock.js';
import { systemSchedule } from '../../../src/platform/schedule.js';
import { SLACK_ACT_MS, SLACK_ACTS_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { approvalId } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { heldTime } from '../../support/held-time.js';

verifies('approval:slack:forwarded');

let parent = '';
let folder = '';
const open: SlackForwarding[] = [];
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-acts-'));
  folder = path.join(parent, 'acts');
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  fs.rmSync(parent, { recursive: true, force: true });
});

const HERE = approvalId(1);
const press: SlackAct = {
  kind: 'press',
  button: 'approve',
  id: HERE,
  user: 'U0ANA',
  trigger: 't',
  channel: 'C0',
  ts: '1.2',
};

/** A process that holds these calls, and what was passed to it. */
function holding(ids: readonly string[], botToken = 'xoxb-one', clock = systemClock()) {
  const taken: SlackAct[] = [];
  const forwarding = new SlackForwarding({
    folder,
    botToken,
    clock,
    schedule: systemSchedule,
    owns: (id) => ids.includes(id),
    take: (act) => taken.push(act),
  });
  open.push(forwarding);
  forwarding.listen();
  return { forwarding, taken };
}

test('a press and a reason reach the process that holds the call, once, and nothing is left', async () => {
  const owner = holding([HERE]);
  const other = holding([approvalId(2)]);
  const reason: SlackAct = { kind: 'reason', id: HERE, user: 'U0ANA', reason: 'no “writes”\u202e' };
  expect(await other.forwarding.pass(press)).toBe(true);
  expect(await other.forwarding.pass(reason)).toBe(true);
  await eventually('both', () => owner.taken.length === 2);
  expect([owner.taken, other.taken]).toEqual([[press, reason], []]);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('what nobody holds is taken back, and whoever asked is told', async () => {
  const other = holding([]);
  expect(await other.forwarding.pass(press)).toBe(false);
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(await other.forwarding.pass({ ...press, id: '../../etc/passwd' })).toBe(false);
  for (let count = 0; count < SLACK_ACTS_MAX; count += 1) fs.writeFileSync(path.join(folder, `${count}`), '');
  expect(await other.forwarding.pass(press)).toBe(false);
});

test.each<[string, () => Promise<void>]>([
  [
    'by another app',
    async () => {
      expect(await holding([], 'xoxb-another').forwarding.pass(press)).toBe(false);
    },
  ],
  [
    'long ago',
    async () => {
      const time = heldTime();
      time.jump(Date.now() - time.clock.wallMs() - 3 * SLACK_ACT_MS);
      expect(await holding([], 'xoxb-one', time.clock).forwarding.pass(press)).toBe(false);
    },
  ],
  [
    'by hand',
    () => {
      const content = { v: 1, text: JSON.stringify({ at: Date.now(), act: press }), mark: '00'.repeat(32) };
      const file = path.join(folder, `${HERE}.0123456789ab.json`);
      fs.writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
      return Promise.resolve();
    },
  ],
])('a press that was written %s does not count', async (_what, write) => {
  const owner = holding([HERE]);
  await write();
  // Whatever comes after it does, so it was looked at.
  expect(await holding([]).forwarding.pass({ ...press, user: 'U0BO' })).toBe(true);
  await eventually('the valid one', () => owner.taken.length > 0);
  expect(owner.taken.map(({ user }) => user)).toEqual(['U0BO']);
});

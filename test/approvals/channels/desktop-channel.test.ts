import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DesktopChannel } from '../../../src/approvals/channels/desktop-channel.js';
import { findNotifier } from '../../../src/approvals/channels/notifier.js';
import { verifies } from '../../requirements.js';
import { approvalAnswer, approvalRequest, endBy } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { heldTime } from '../../support/held-time.js';

verifies('approval:desktop:bounded');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-desktop-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
let folders = 0;
/** A folder of a test's own. */
const ownFolder = (): string => path.join(root, String((folders += 1)));

/** A notify-send that writes down what it was started with, and ends with this code. */
function notifier(code = 0): { readonly env: Record<string, string>; readonly seen: () => string[] } {
  const folder = ownFolder();
  fs.mkdirSync(folder, { recursive: true });
  const log = path.join(folder, 'seen');
  const script = `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ argv: process.argv.slice(2), env: process.env }) + '\\n');
process.exit(${code});
`;
  fs.writeFileSync(path.join(folder, 'notify-send'), script, { mode: 0o755 });
  return {
    env: { PATH: folder, HOME: folder, DISPLAY: ':0', GUARD_SECRET: 'do-not-tell' },
    seen: () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

function open(env: Record<string, string>) {
  const time = heldTime();
  const channel = new DesktopChannel({ name: 'desktop', env, platform: 'linux', schedule: time.schedule });
  const undelivered: string[] = [];
  const events = {
    answer: () => ({ kind: 'late', end: null }) as const,
    undelivered: (why: string) => void undelivered.push(why),
  };
  return { time, channel, undelivered, events };
}

test('a burst of calls is one notification: the name of the first, and how many more', async () => {
  const { env, seen } = notifier();
  const { time, channel, events, undelivered } = open(env);
  const hostile = { server: 'a <b>\u202e&', tool: '$(touch x); `y`', arguments: { secret: 'the-argument' } };
  channel.open(approvalRequest(1, hostile), events);
  channel.open(approvalRequest(2), events);
  time.pass(1000);
  await channel.idle();
  const [line = ''] = await eventually('the notification', () => (seen().length > 0 ? seen() : false));
  const { argv, env: given } = JSON.parse(line) as { argv: string[]; env: Record<string, string> };
  const text = 'A call waits for an answer: a &lt;b&gt;\\u{202e}&amp; $(touch x); `y` and 1 more';
  expect(argv).toEqual(['--app-name=guard', '--urgency=critical', '--', 'guard', text]);
  expect(line).not.toContain('the-argument');
  expect(given).not.toHaveProperty('GUARD_SECRET');
  expect([undelivered, seen().length]).toEqual([[], 1]);
});

test('a call that is over by then is not told of', async () => {
  const { env, seen } = notifier();
  const { time, channel, events } = open(env);
  const request = approvalRequest(1);
  channel.open(request, events).close(endBy(approvalAnswer(request, 'denied')));
  time.pass(1000);
  await channel.idle();
  expect(seen()).toEqual([]);
});

test('a notifier that fails is reported', async () => {
  const { env } = notifier(3);
  const { time, channel, events, undelivered } = open(env);
  channel.open(approvalRequest(1), events);
  time.pass(1000);
  await channel.idle();
  expect(undelivered).toEqual(['the notifier ended with code 3']);
});

test('where there is no notifier nothing happens', () => {
  const { time, channel, events, undelivered } = open({ PATH: ownFolder() });
  channel.open(approvalRequest(1), events);
  expect([time.planned(), undelivered]).toEqual([0, []]);
});

const programs = (name: string): string => {
  const folder = ownFolder();
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), '', { mode: 0o755 });
  return folder;
};

describe('on other systems', () => {
  const text = '"; do shell script "x';

  test('osascript gets the texts as arguments of a fixed script', () => {
    const found = findNotifier({ PATH: programs('osascript') }, 'darwin');
    const words = found?.args('guard', text) ?? [];
    expect(words.slice(-3)).toEqual(['--', 'guard', text]);
    expect(words.slice(0, -1).join(' ')).not.toContain(text);
  });

  test('PowerShell gets them as variables, since it makes code of its arguments', () => {
    const found = findNotifier({ PATH: programs('powershell.exe') }, 'win32');
    expect(found?.args('guard', text).join(' ')).not.toContain(text);
    expect(found?.env('guard', text)).toEqual({ GUARD_NOTICE_TITLE: 'guard', GUARD_NOTICE_TEXT: text });
  });

  test('a relative folder of PATH is not searched', () => {
    expect(findNotifier({ PATH: '.:bin' }, 'linux')).toBeUndefined();
  });
});

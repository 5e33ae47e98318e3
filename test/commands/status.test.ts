import path from 'node:path';
import { expect, test } from 'vitest';
import { currentOwner } from '../../src/platform/process-owner.js';
import { statusCommand } from '../../src/commands/status-options.js';
import type { RunningGuard } from '../../src/control/running-file.js';
import { writeRunning } from '../../src/control/running-folder.js';
import { writeSwitch } from '../../src/control/switch-folder.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { runCommand } from './check-run.js';

verifies('status:command', 'status:hostile');

const GUARD: RunningGuard = {
  writer: 'abc123',
  ...currentOwner(),
  since: '2026-11-22T08:00:00.000Z',
  updated: '2026-11-22T08:00:00.000Z',
  server: 'files',
  client: 'claude',
  agent: null,
  session: 's',
  mode: 'enforce',
  layers: [{ layer: 'user', path: '/c/guard.yaml', digest: `sha256:${'0'.repeat(64)}`, mode: 'enforce' }],
  calls: { allowed: 12, denied: 3, held: 1, dry_run: 0 },
  pending: 1,
};

function stateOf(folder: string, part: string): string {
  return path.join(folder, 'state/guard', part);
}

test('nothing runs', async () => {
  const { code, stdout } = await runCommand(statusCommand, folderWith());
  expect([code, stdout]).toEqual([0, 'no guard is running\n']);
});

test('a guard with its policy and counters', async () => {
  const folder = folderWith();
  writeRunning(stateOf(folder, 'running'), GUARD);
  const { code, stdout } = await runCommand(statusCommand, folder);
  const [head, line, layer] = stdout.replaceAll(/ {2,}/g, ' | ').split('\n');
  expect(code).toBe(0);
  expect(head).toMatch(
    /^server \| pid .*\| since .*\| client \| mode .*\| allowed \| denied \| held \| waiting$/,
  );
  expect(line).toBe(`files | ${process.pid} | 2026-11-22T08:00:00.000Z | claude | enforce | 12 | 3 | 1 | 1`);
  expect(layer).toBe(' | user /c/guard.yaml sha256:000000000000');
});

test.each<[string, Partial<RunningGuard>, RegExp]>([
  ['observes', { mode: 'observe' }, /observes only: nothing is blocked/],
  ['has no config file', { mode: 'observe', layers: [] }, /no config file: calls are recorded, not blocked/],
])('a guard that %s needs a person', async (_what, changes, expected) => {
  const folder = folderWith();
  writeRunning(stateOf(folder, 'running'), { ...GUARD, ...changes });
  const { code, stdout } = await runCommand(statusCommand, folder);
  expect(code).toBe(1);
  expect(stdout).toMatch(expected);
});

test('a kill switch that is on needs a person, and guards that it stops are marked', async () => {
  const folder = folderWith();
  writeRunning(stateOf(folder, 'running'), GUARD);
  writeRunning(stateOf(folder, 'running'), { ...GUARD, writer: 'b', server: 'mail' });
  const at = '2026-11-22T08:00:00.000Z';
  writeSwitch(stateOf(folder, 'switch'), { server: 'mail', on: true, by: 'ana', reason: 'why', at });
  const { code, stdout } = await runCommand(statusCommand, folder);
  expect(code).toBe(1);
  expect(stdout.match(/stopped by the kill switch/g)).toHaveLength(1);
  expect(stdout).toContain(`the kill switch for the server mail is on since ${at}, by ana: why\n`);
  const json = await runCommand(statusCommand, folder, { options: { json: true } });
  expect(JSON.parse(json.stdout)).toMatchObject({
    guards: [
      { server: 'files', killed: false, enforces: true, calls: { allowed: 12 } },
      { server: 'mail', killed: true },
    ],
    kill_switches: [{ server: 'mail', by: 'ana', reason: 'why', at }],
    troubles: [],
  });
});

test('no text of a file reaches the terminal raw', async () => {
  const folder = folderWith();
  const hostile = '\u001b[2J\u202e\nx';
  writeRunning(stateOf(folder, 'running'), {
    ...GUARD,
    since: hostile,
    server: hostile,
    client: hostile,
    layers: [{ layer: hostile, path: hostile, digest: hostile, mode: 'observe' }],
  });
  const at = '2026-11-22T08:00:00.000Z';
  writeSwitch(stateOf(folder, 'switch'), { server: hostile, on: true, by: hostile, reason: hostile, at });
  for (const json of [true, false]) {
    const { stdout } = await runCommand(statusCommand, folder, { options: { json } });
    expect(['\u001b', '\u202e'].filter((raw) => stdout.includes(raw))).toEqual([]);
  }
});

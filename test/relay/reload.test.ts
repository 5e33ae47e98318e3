import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { Wire } from '../support/spawned.js';
import { useSandbox } from '../support/use-sandbox.js';

const open = useSandbox();
const ALLOW = "version: '1'\npolicies: { default: allow }\n";
const DENY = "version: '1'\npolicies: { default: deny }\n";

describe('the policy is read again while the session goes on', () => {
  test.each(['on SIGHUP', 'when the file changes'])('%s', async (how) => {
    const sandbox = open(ALLOW);
    const guard = sandbox.guard({ server: 'echo' });
    expect(await guard.call(1, 'echo')).not.toHaveProperty('result.isError');
    sandbox.writeConfig(DENY);
    if (how === 'on SIGHUP') process.kill(guard.pid, 'SIGHUP');
    await guard.told('policy reloaded');
    expect(await guard.call(2, 'echo')).toHaveProperty('result.isError', true);
    await guard.finish();
    expect(eventsOf(sandbox.records())).toContain('policy-reloaded');
  });

  test('a broken file keeps the last good policy, says why, and a good one comes in again', async () => {
    const sandbox = open(DENY);
    const guard = sandbox.guard({ server: 'echo' });
    expect(await guard.call(1, 'echo')).toHaveProperty('result.isError', true);
    sandbox.writeConfig('version: [');
    process.kill(guard.pid, 'SIGHUP');
    await guard.told('the last good one stays in force');
    expect(await guard.call(2, 'echo')).toHaveProperty('result.isError', true);
    sandbox.writeConfig(ALLOW);
    process.kill(guard.pid, 'SIGHUP');
    await guard.told('policy reloaded');
    expect(await guard.call(3, 'echo')).not.toHaveProperty('result.isError');
    await guard.finish();
    expect(eventsOf(sandbox.records())).toEqual(['policy-reload-refused', 'policy-reloaded']);
  });

  test('decisions are never looser than the last good policy while the file is rewritten', async () => {
    const sandbox = open(DENY);
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    const texts = ['', 'version: [', DENY, `${DENY}# comment\n`, 'policies:\n', DENY.slice(0, 20)];
    const denied: Wire[] = [await guard.call('first', 'echo')];
    for (let round = 0; round < 30; round += 1) {
      sandbox.writeConfig(texts[round % texts.length] ?? '');
      if (round % 3 === 0) process.kill(guard.pid, 'SIGHUP');
      denied.push(await guard.call(round, 'echo'));
    }
    expect(denied.every((answer) => answer.result?.['isError'] === true)).toBe(true);
    await guard.finish();
    expect(sandbox.receivedLines()).toEqual([]);
  });

  test('a call in flight keeps the policy that it began with', async () => {
    const sandbox = open(ALLOW);
    const guard = sandbox.guard({ server: 'hang' });
    guard.say({ id: 1, method: 'tools/call', params: { name: 'echo' } });
    await eventually('the decision', () => sandbox.records().some(({ type }) => type === 'decision'));
    sandbox.writeConfig(DENY);
    process.kill(guard.pid, 'SIGHUP');
    await guard.told('policy reloaded');
    expect(guard.answers(1)).toEqual([]);
    await guard.finish();
    expect(guard.answers(1).map(({ error }) => error?.code)).toEqual([-31002]);
  });
});

function eventsOf(records: readonly object[]): string[] {
  return records.flatMap((record) => ('event' in record ? [String(record.event)] : []));
}

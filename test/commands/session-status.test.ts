import { expect, test } from 'vitest';
import type { DecisionFields } from '../../src/audit/encode.js';
import { guardPaths } from '../../src/platform/paths.js';
import { stateFiles } from '../../src/platform/state-files.js';
import { SessionStatus } from '../../src/commands/session-status.js';
import type { Tools } from '../../src/commands/command.js';
import type { LoadedConfig } from '../../src/config/load.js';
import { readRunning } from '../../src/control/running-folder.js';
import { systemClock } from '../../src/platform/clock.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';
import { folderWith } from '../config/check-yaml.js';
import { trailInMemory } from '../pipeline/support.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';

verifies('status:counters');

const FIRST = { mode: 'observe', layers: [] } as unknown as LoadedConfig;

test('what observe mode let pass counts as allowed, and what is only relayed does not count', async () => {
  const tools = {
    env: { XDG_STATE_HOME: `${folderWith()}/state` },
    clock: systemClock(),
  } as unknown as Tools;
  const parties = { server: 'files', agent: undefined, session: undefined };
  const target = { server: { words: ['x'] }, parties, writer: 'w' };
  const status = new SessionStatus(
    tools,
    target,
    createDiagnostics(() => undefined),
    FIRST,
  );
  const inner = trailInMemory();
  const trail = status.counted(inner);
  trail.identify({ client: 'peer' });
  const decided: readonly [DecisionFields['decision'], boolean][] = [
    ['relay', true],
    ['allow', true],
    ['deny', true],
    ['deny', false],
    ['require_approval', true],
    ['require_approval', false],
    ['dry_run', true],
    ['limit', false],
  ];
  for (const [decision, enforced] of decided) trail.decision({ decision, enforced } as DecisionFields);
  expect(inner.staged.map(({ decision }) => decision)).toEqual(decided.map(([decision]) => decision));
  status.follow({ config: () => ({ mode: 'enforce', layers: [] }), pending: () => 1 });
  const [shown] = await eventually('its file', () => {
    const { guards } = readRunning(stateFiles(guardPaths(tools.env)).running);
    return guards.length === 0 ? undefined : guards;
  });
  expect(shown).toMatchObject({
    client: 'peer',
    mode: 'enforce',
    pending: 1,
    calls: { allowed: 4, denied: 1, held: 1, dry_run: 1 },
  });
  status.close();
  expect(readRunning(stateFiles(guardPaths(tools.env)).running).guards).toEqual([]);
});

test('an event alone is no message', () => {
  const tools = {
    env: { XDG_STATE_HOME: `${folderWith()}/state` },
    clock: systemClock(),
  } as unknown as Tools;
  const parties = { server: 'files', agent: undefined, session: undefined };
  const target = { server: { words: ['x'] }, parties, writer: 'w' };
  const status = new SessionStatus(
    tools,
    target,
    createDiagnostics(() => undefined),
    FIRST,
  );
  const trail = status.counted(trailInMemory());
  trail.event({ event: 'policy-reloaded', detail: null });
  status.close();
  trail.refusal({} as Parameters<typeof trail.refusal>[0]);
  expect(readRunning(stateFiles(guardPaths(tools.env)).running).guards).toEqual([]);
});

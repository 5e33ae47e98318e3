import { compilePolicy } from '../../src/policy/compile.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import type { PolicyPorts } from '../../src/policy/ports.js';
import { deny, layer, ports as purePorts } from '../policy/support.js';
import type { Wire } from '../support/spawned.js';
import type { Rig } from './rig.js';

/** Requests of the session that guard only passes on: they work whatever the log does. */
const RELAYED = [1, 2, 6, 12] as const;
const GOVERNED = [3, 4, 5, 7, 8, 9, 10, 11] as const;

/** One session with everything in it that meets a port. */
export async function playSession(rig: Rig): Promise<void> {
  await rig.say({ id: 1, method: 'initialize', params: { capabilities: {} } });
  await rig.say({ id: 2, method: 'tools/list' });
  await rig.say(call(3, 'echo'), call(4, 'forbidden'), call(5, 'write', { path: 'a/b' }));
  await rig.say({ id: 6, method: 'ping' }, call(7, 'asks'));
  await rig.say(
    { method: 'vendor/event' },
    { id: 8, method: 'resources/read', params: { uri: 'file:///a' } },
  );
  rig.stdin.write('no message\n');
  await rig.say(call(9, 'echo'));
  await rig.say(
    { method: 'notifications/cancelled', params: { requestId: 9 } },
    call(10, 'write', { path: 'c' }),
  );
}

/** After the fault: the session lives on. Returns the answer to a last call. */
export async function playOn(rig: Rig): Promise<'passed' | 'denied'> {
  await rig.say(call(11, 'echo'), { id: 12, method: 'ping' });
  return rig.answersTo(11)[0]?.result?.['isError'] === true ? 'denied' : 'passed';
}

/** What must hold of a session whatever failed: the complaints, none where all is well. */
export function complaints(rig: Rig): string[] {
  const found = rig.server.unrecorded.map(({ id, method }) => `unrecorded: ${method} ${String(id)}`);
  for (const id of [...RELAYED, ...GOVERNED]) {
    const count = rig.answersTo(id).length;
    if (count !== 1) found.push(`request ${id} has ${count} answers`);
  }
  for (const id of RELAYED) {
    if (rig.answersTo(id)[0]?.result === undefined)
      found.push(`relayed request ${id} was not answered by the server`);
  }
  if (rig.server.received.some((message) => isForbidden(message['params'])))
    found.push('a denied call was forwarded');
  return found;
}

/** A policy with a rule on names and one on paths, so that evaluating meets the port for paths. */
export function sessionPolicy(ports: PolicyPorts = purePorts): CompiledPolicy {
  const rules = [
    deny({ tool: 'forbidden' }, 'no-names'),
    deny({ tool: 'write', input: { '$.path': { not: { path_within: './' } } } }, 'no-paths'),
  ];
  const result = compilePolicy([layer(rules, { policy: { unlisted_tools: 'allow' } })], ports);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.policy;
}

function call(id: number, name: string, args: Record<string, string> = {}): Wire {
  return { id, method: 'tools/call', params: { name, arguments: args } };
}

function isForbidden(params: unknown): boolean {
  return typeof params === 'object' && params !== null && 'name' in params && params.name === 'forbidden';
}

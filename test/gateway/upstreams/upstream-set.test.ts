import { describe, expect, test } from 'vitest';
import type { UpstreamStatus } from '../../../src/gateway/upstreams/supervisor-parts.js';
import { UpstreamSet } from '../../../src/gateway/upstreams/upstream-set.js';
import type { UpstreamDefinition } from '../../../src/upstream/definition.js';
import { verifies } from '../../requirements.js';
import { eventually, within } from '../../support/eventually.js';
import type { Sandbox } from '../../support/sandbox.js';
import { useSandbox } from '../../support/use-sandbox.js';
import { definitionOf, fixture, Listener, rigOf } from './rig.js';

verifies('gateway:upstream:reconcile', 'gateway:upstream:apart');

const sandboxOf = useSandbox();

function setOf(sandbox: Sandbox): { set: UpstreamSet; changes: string[] } {
  const changes: string[] = [];
  const onChange = ({ definition, state }: UpstreamStatus): void =>
    void changes.push(`${definition.name} ${state}`);
  return { set: new UpstreamSet({ ...rigOf(sandbox), random: () => 0, onChange }), changes };
}

function named(name: string, over: Partial<UpstreamDefinition> = {}): UpstreamDefinition {
  return definitionOf(fixture('echo'), { name, ...over });
}

const ready = (set: UpstreamSet, name: string): Promise<unknown> =>
  eventually(`${name} to be ready`, () => set.get(name)?.state === 'ready');

describe('the servers in force', () => {
  test('stand in the order of the config; eager ones are started, lazy ones are not', async () => {
    const sandbox = sandboxOf();
    const { set, changes } = setOf(sandbox);
    set.reconcile([named('b', { start: 'eager' }), named('a')]);
    expect(set.all().map(({ definition }) => definition.name)).toEqual(['b', 'a']);
    expect(set.unready().map(({ definition }) => definition.name)).toEqual(['b']);
    await ready(set, 'b');
    expect([set.get('a')?.state, set.unready(), set.get('c')]).toEqual(['idle', [], undefined]);
    expect(changes).toEqual(['b starting', 'b ready']);
    await set.closeAll();
    expect(set.unready()).toHaveLength(2);
  });

  test('one that each session starts for itself is not started ahead', async () => {
    const sandbox = sandboxOf();
    const { set, changes } = setOf(sandbox);
    set.reconcile([named('own', { start: 'eager', isolation: 'session' }), named('b', { start: 'eager' })]);
    await ready(set, 'b');
    expect(changes).toEqual(['b starting', 'b ready']);
    expect([set.get('own')?.state, set.unready(), sandbox.processes().length]).toEqual(['idle', [], 1]);
    await set.closeAll();
  });

  test('one that is down leaves the others working, and is named', async () => {
    const { set } = setOf(sandboxOf());
    const missing = { kind: 'stdio', command: 'no-such-program', args: [], env: {}, cwd: undefined } as const;
    set.reconcile([definitionOf(missing, { name: 'bad', start: 'eager' }), named('good')]);
    await eventually('the failure', () => set.get('bad')?.trouble?.failureClass === 'not-found');
    const heard = new Listener();
    const connection = await set.get('good')?.connect(heard);
    if (connection === undefined) throw new Error('no upstream');
    expect((await heard.ask(connection, 1, 'tools/list')).result).toBeDefined();
    expect(set.unready().map(({ definition }) => definition.name)).toEqual(['bad']);
    await set.closeAll();
  });

  test('a server that is killed is there again', async () => {
    const sandbox = sandboxOf();
    const { set } = setOf(sandbox);
    set.reconcile([named('a', { start: 'eager' })]);
    await ready(set, 'a');
    const heard = new Listener();
    await set.get('a')?.connect(heard);
    const [first] = sandbox.processes();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await eventually('the end', () => heard.ends.length > 0);
    expect(heard.ends).toEqual(['was ended by SIGKILL']);
    await ready(set, 'a');
    const again = new Listener();
    const connection = await set.get('a')?.connect(again);
    if (connection === undefined) throw new Error('no upstream');
    expect((await again.ask(connection, 1, 'tools/list')).result).toBeDefined();
    await set.closeAll();
  });
});

describe('a reload', () => {
  test('keeps what did not change, replaces what did, closes what is gone and starts what is new', async () => {
    const sandbox = sandboxOf();
    const { set } = setOf(sandbox);
    const eager = { start: 'eager' } as const;
    set.reconcile([
      named('same', eager),
      named('renamed', eager),
      named('changed', eager),
      named('gone', eager),
    ]);
    for (const name of ['same', 'renamed', 'changed', 'gone']) await ready(set, name);
    const before = new Map(set.all().map((upstream) => [upstream.definition.name, upstream]));
    const heard = { changed: new Listener(), gone: new Listener() };
    const changed = await before.get('changed')?.connect(heard.changed);
    await before.get('gone')?.connect(heard.gone);

    const changes = set.reconcile([
      named('new', eager),
      named('same', eager),
      named('renamed', { ...eager, namespaced: false }),
      definitionOf(fixture('echo', sandbox.received), { name: 'changed', ...eager }),
    ]);
    expect(changes.map(({ kind, upstream }) => `${upstream.definition.name} ${kind}`)).toEqual([
      'new added',
      'same kept',
      'renamed redefined',
      'changed replaced',
      'gone removed',
    ]);
    expect(set.get('same')).toBe(before.get('same'));
    expect(set.get('renamed')).toBe(before.get('renamed'));
    expect(set.get('renamed')?.definition.namespaced).toBe(false);
    expect(set.get('gone')).toBeUndefined();
    await eventually('the end of the removed one', () => heard.gone.ends.length > 0);

    // The open requests of the old one may end on it, while new ones go to the new one.
    expect(heard.changed.drains).toBe(1);
    if (changed === undefined) throw new Error('no upstream');
    expect((await heard.changed.ask(changed, 1, 'tools/list')).result).toBeDefined();
    changed.detach();
    await ready(set, 'changed');
    await ready(set, 'new');
    await eventually('the end of the old ones', () => sandbox.processes().length === 4);
    await set.closeAll();
  });

  test('after the end changes nothing', async () => {
    const sandbox = sandboxOf();
    const { set } = setOf(sandbox);
    await set.closeAll();
    expect(set.reconcile([named('a', { start: 'eager' })])).toEqual([]);
    expect(sandbox.processes()).toEqual([]);
  });
});

test('the end of all ends also those that drain and those that are starting', async () => {
  const sandbox = sandboxOf();
  const { set } = setOf(sandbox);
  set.reconcile([named('a', { start: 'eager' })]);
  await ready(set, 'a');
  const heard = new Listener();
  await set.get('a')?.connect(heard);
  set.reconcile([definitionOf(fixture('hang'), { name: 'a', start: 'eager' })]);
  await within('the end of all', set.closeAll());
  expect(heard.ends).toEqual(['was stopped']);
  expect(sandbox.processes()).toEqual([]);
});

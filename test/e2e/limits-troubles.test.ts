import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { builtGuard } from '../support/built-guard.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned, Wire } from '../support/spawned.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies(
  'limits:layer:unavailable',
  'limits:amount:invalid',
  'limits:layer:refund',
  'limits:dry-run:foreseen',
);

const open = useSandbox();
const CONFIG = `
version: '1'
policies:
  rules:
    - { name: few, match: { tool: write }, action: rate_limit, limits: { max_calls: 3, window: 1h, key: global } }
    - { name: tried, match: { tool: echo }, action: dry_run, limits: { max_calls: 3, window: 1h, key: global } }
budgets:
  - { name: cents, limit: '10', currency: EUR, window: 24h, contributors: [{ match: { tool: pay }, field: '$.amount' }] }
`;

/** What a call came to: `passed`, or the reason of its denial. */
async function cameTo(guard: Spawned, id: number, tool = 'write', args: unknown = {}): Promise<unknown> {
  return outcomeOf(await guard.call(id, tool, args));
}

function outcomeOf({ result }: Wire): unknown {
  const meta = result?.['_meta'] as Record<string, { reason: string } | undefined> | undefined;
  return meta?.['guard/denial']?.reason ?? 'passed';
}

function ledgerFile(sandbox: Sandbox): string {
  const folder = path.join(sandbox.folder, 'state/guard/ledger');
  const [name = ''] = fs.readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return path.join(folder, name);
}

/** One call is made and counted; what it left in the ledger is changed; another guard goes on with that. */
async function after(
  change: (file: string) => void,
  calls = 3,
): Promise<{ outcomes: unknown[]; stderr: string }> {
  const sandbox = open(CONFIG);
  const first = sandbox.guard({ server: 'echo' });
  expect(await cameTo(first, 1)).toBe('passed');
  await first.finish();
  change(ledgerFile(sandbox));
  const second = sandbox.guard({ server: 'echo' });
  const outcomes: unknown[] = [];
  for (let id = 1; id <= calls; id += 1) outcomes.push(await cameTo(second, id));
  await second.finish();
  return { outcomes, stderr: second.stderr };
}

/** Appends the ledger's own reservation once more, changed. */
function repeat(edit: (record: Record<string, unknown>) => object): (file: string) => void {
  return (file) => {
    const line = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .find((text) => text.includes('"reserve"'));
    const record = JSON.parse(line ?? '{}') as Record<string, unknown>;
    fs.appendFileSync(file, `\n${JSON.stringify(edit(record))}\n`);
  };
}

test('a torn last line counts for nothing, and nothing else is lost', async () => {
  const { outcomes } = await after((file) =>
    fs.appendFileSync(file, '\n{"v":1,"op":"reserve","id":"torn","atMs":17'),
  );
  expect(outcomes).toEqual(['passed', 'passed', 'rate_limited']);
});

test('a record from an hour ahead, as a clock that stepped back leaves one, counts', async () => {
  const ahead = repeat((record) => ({ ...record, id: 'ahead', atMs: Number(record['atMs']) + 3_600_000 }));
  expect((await after(ahead)).outcomes).toEqual(['passed', 'rate_limited', 'rate_limited']);
});

test('a record of a newer version denies, and says what to do', async () => {
  const { outcomes, stderr } = await after(
    repeat((record) => ({ ...record, v: 2, id: 'newer' })),
    1,
  );
  expect(outcomes).toEqual(['limits_unavailable']);
  expect(stderr).toContain('version 2, and this guard reads version 1');
});

test('a ledger that others may write to denies', async () => {
  const { outcomes, stderr } = await after((file) => fs.chmodSync(path.dirname(file), 0o777), 1);
  expect(outcomes).toEqual(['limits_unavailable']);
  expect(stderr).toContain('lets others write it');
});

test('a state folder that cannot be made denies what is counted and nothing else', async () => {
  const sandbox = open(CONFIG);
  const options = ['--audit', sandbox.audit];
  const guard = sandbox.guard({ server: 'echo', options, env: { XDG_STATE_HOME: '/proc/no-such' } });
  expect(await cameTo(guard, 1)).toBe('limits_unavailable');
  expect(await cameTo(guard, 2, 'read')).toBe('passed');
  await guard.finish();
  expect(guard.stderr).toContain('limits ledger');
});

test('amounts that are none are denied and draw nothing', async () => {
  const guard = open(CONFIG).guard({ server: 'echo' });
  const amounts = ['1e400', '-1', '"5"', 'null', '9007199254740993', '1e-31', '[1]', '{}'];
  for (const [id, amount] of amounts.entries()) {
    guard.send(
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"pay","arguments":{"amount":${amount}}}}\n`,
    );
    expect(outcomeOf(await guard.answer(id))).toBe('amount_invalid');
  }
  expect(await cameTo(guard, 98, 'pay', { amount: 10 })).toBe('passed');
  expect(await cameTo(guard, 99, 'pay', { amount: 0.01 })).toBe('budget_exceeded');
  await guard.finish();
});

test('a server that died leaves the amount charged and marked', async () => {
  const sandbox = open(CONFIG);
  const guard = sandbox.guard({ server: 'crash-on-call' });
  expect((await guard.call(1, 'write')).error?.code).toBe(-31002);
  await guard.ended;
  const list = sandbox.spawn([process.execPath, builtGuard(), 'limits', '--json']);
  await list.ended;
  expect(JSON.parse(String(list.lines[0]))).toMatchObject({ name: 'user/few', used: '1', ambiguous: '1' });
});

test('a dry run leaves no ledger behind', async () => {
  const sandbox = open(CONFIG);
  const guard = sandbox.guard({ server: 'echo' });
  const { result } = await guard.call(1, 'echo');
  expect(result?.['_meta']).toMatchObject({
    'guard/dry-run': { would: 'allow', limits: [{ pot: 'user/tried' }] },
  });
  await guard.finish();
  const list = sandbox.spawn([process.execPath, builtGuard(), 'limits', '--json']);
  await list.ended;
  expect(list.lines).toEqual([]);
});

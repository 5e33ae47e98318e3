import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { AuditDetail, AuditPage, Stats } from '../../src/dashboard/contract/audit.js';
import type { Limits } from '../../src/dashboard/contract/limits.js';
import type { Servers } from '../../src/dashboard/contract/servers.js';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import { parseDecimal } from '../../src/platform/decimal.js';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import { compiled, deny, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { encoderOf } from '../audit/lines.js';
import { decisionFields, outcomeFields } from './record-fields.js';
import { errorOf, post, type Served, serving } from './serving.js';

verifies('dashboard:audit');

const NOW_MS = Date.now(); // oxlint-disable-line -- records of this moment, as pages ask for the last day

/** Writes so many calls, one each second up to now: every tenth is denied, the last one has no outcome. */
function writeCalls(served: Served, count: number): void {
  const encoder = encoderOf('w1', { agent: 'ana' });
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = new Date(NOW_MS - (count - index) * 1000).toISOString();
    const denied = index % 10 === 0;
    lines.push(encoder.decision(at, decisionFields(index, denied)));
    if (index < count - 1) lines.push(encoder.outcome(at, outcomeFields(index, denied)));
  }
  fs.appendFileSync(served.auditFile, lines.join(''));
}

async function search(served: Served, query: string): Promise<AuditPage> {
  const response = await served.ask(`/api/v1/audit?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as AuditPage;
}

test('pages of a search meet without a gap and without a double', async () => {
  const served = await serving();
  writeCalls(served, 57);
  const ids: string[] = [];
  let cursor: string | null = '';
  let pages = 0;
  while (cursor !== null) {
    const page: AuditPage = await search(served, `limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`);
    ids.push(...page.entries.map(({ id }) => id));
    cursor = page.next;
    pages += 1;
  }
  expect(pages).toBe(6);
  expect(ids).toHaveLength(57);
  expect(new Set(ids).size).toBe(57);
});

test('filters hold together, and a call comes with its outcome', async () => {
  const served = await serving();
  writeCalls(served, 30);
  const denied = await search(served, 'decision=deny&tool=tool-*&server=files&agent=ana');
  expect(denied.entries).toHaveLength(3);
  expect(denied.entries[0]).toMatchObject({
    type: 'call',
    decision: 'deny',
    result: 'denied',
    rule: 'no-rm',
  });
  const newest = await search(served, 'limit=1');
  expect(newest.entries[0]).toMatchObject({ tool: 'tool-29', result: null, latency_ms: null });
  expect((await search(served, 'text=tool-17')).entries.map(({ tool }) => tool)).toEqual(['tool-17']);
  expect((await search(served, 'since=5s')).entries.length).toBeLessThan(30);
  expect(await errorOf(await served.ask('/api/v1/audit?since=yesterday'))).toBe('400 bad-request');
  expect(await errorOf(await served.ask('/api/v1/audit?decision=maybe'))).toBe('400 bad-request');
  expect(await errorOf(await served.ask('/api/v1/audit?limit=501'))).toBe('400 bad-request');
});

test('one call shows its records, why it was decided so, and what policy says today', async () => {
  const served = await serving({
    sourceMore: { policy: () => compiled([layer([deny({ tool: 'tool-*' }, 'no-rm')])]) },
  });
  writeCalls(served, 12);
  const { entries } = await search(served, 'decision=deny');
  const [entry] = entries;
  const detail = (await (await served.ask(`/api/v1/audit/${entry?.id}`)).json()) as AuditDetail;
  expect(detail.records.map((record) => (record as { type: string }).type)).toEqual(['decision', 'outcome']);
  expect(detail.entry).toEqual(entry);
  expect(detail.explained.lines[0]).toBe('It was denied by user/no-rm.');
  expect(detail.explained.rule).toMatchObject({ layer: 'user', name: 'no-rm', action: 'deny' });
  expect(detail.explained.rule?.conditions.join(' ')).toContain('tool-*');
  expect(detail.explained.today).toMatchObject({ decision: 'deny', rule: 'no-rm' });
  expect(await errorOf(await served.ask('/api/v1/audit/w1~999~0'))).toBe('404 not-found');
  expect(await errorOf(await served.ask('/api/v1/audit/nothing'))).toBe('404 not-found');
});

test('an export holds every call that a search finds, and no formula', async () => {
  const served = await serving();
  writeCalls(served, 20);
  const csv = await served.ask('/api/v1/audit/export?format=csv&decision=deny');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="guard-audit.csv"');
  const rows = (await csv.text()).trimEnd().split('\r\n');
  expect(rows).toHaveLength(3);
  expect(rows[1]).toContain(`'=HYPERLINK`);
  const lines = (await (await served.ask('/api/v1/audit/export')).text()).trimEnd().split('\n');
  expect(lines).toHaveLength(20);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'call', tool: 'tool-0' });
});

test('what happened is counted over time', async () => {
  const served = await serving();
  writeCalls(served, 40);
  const stats = (await (await served.ask('/api/v1/stats?since=1h&top=3')).json()) as Stats;
  expect(stats.all).toMatchObject({ calls: 40, denied: 4 });
  expect(stats.all.latency_ms.p50).toBeGreaterThan(0);
  expect(stats.decisions).toEqual({ allow: 36, deny: 4 });
  expect(stats.over_time.reduce((sum, { calls }) => sum + calls, 0)).toBe(40);
  expect(stats.bucket_ms).toBe(60_000);
  expect(stats.top.tools).toHaveLength(3);
  expect(stats.top.agents).toMatchObject([{ name: 'ana', calls: 40 }]);
  expect(stats.top.servers).toMatchObject([{ name: 'files', calls: 40 }]);
});

test('a log that is not there is said to be', async () => {
  const served = await serving({ sourceMore: { auditFile: null } });
  expect(await errorOf(await served.ask('/api/v1/audit'))).toBe('503 unavailable');
});

test('a pot shows what feeds it, and is emptied for a reason that is recorded first', async () => {
  const rule = {
    name: 'few',
    action: 'rate_limit',
    match: {},
    limits: { max_calls: 5, window: '1h' },
  } as const;
  const policy = compiled([layer([rule])]);
  const obligation = policy.layers[0]?.rules[0]?.outcome.obligations[0];
  const terms = obligation?.kind === 'limits' ? obligation.pots[0]?.terms : undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-ledger-'));
  let ledger: ReturnType<typeof createFileLedger> | undefined;
  const served = await serving({
    sourceMore: {
      policy: () => policy,
      get ledger() {
        return (ledger ??= createFileLedger({
          folder,
          newId: () => 'r1',
          note: () => undefined,
        }));
      },
    },
  });
  const limits = async (): Promise<Limits> => (await (await served.ask('/api/v1/limits')).json()) as Limits;
  expect((await limits()).idle).toMatchObject([{ name: 'user/few', kind: 'rate' }]);
  const one = parseDecimal('1');
  const five = parseDecimal('5');
  if (terms === undefined || one === undefined || five === undefined) throw new Error('no terms');
  ledger?.reserve(
    [
      {
        pot: terms.identity,
        name: terms.name,
        amount: one,
        limit: five,
        windowMs: 3_600_000,
        currency: null,
        overage: false,
      },
    ],
    NOW_MS,
  );
  const [pot] = (await limits()).pots;
  expect(pot).toMatchObject({ name: 'user/few', used: '1', limit: '5', share: 0.2, kind: 'rate' });
  expect(pot?.feeds).toMatchObject([{ layer: 'user', name: 'few', what: 'each call that the rule matches' }]);
  const reset = (reason: string): Promise<Response> =>
    served.ask('/api/v1/limits/reset', post({ pot: pot?.pot, reason }));
  expect(await errorOf(await reset(' '))).toBe('400 bad-request');
  expect(await (await reset('a new day')).json()).toEqual({ pot: pot?.pot, name: 'user/few', used: '1' });
  expect(served.recorded).toMatchObject([
    { event: 'dashboard-refused', detail: { status: 400, path: '/api/v1/limits/reset' } },
    { event: 'limits-reset', detail: { by: 'script', reason: 'a new day', used: '1', channel: 'dashboard' } },
  ]);
  expect((await limits()).pots[0]?.used ?? '0').toBe('0');
  ledger?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const tool = (name: string) => ({ name, hints: DEFAULT_HINTS, standing: 'listed' as const });

test('servers show their tools with hints and the rule that applies to each', async () => {
  const served = await serving({
    sourceMore: {
      policy: () =>
        compiled([
          layer([
            deny({ tool: 'rm' }, 'no-rm'),
            deny({ tool: 'write', input: { '$.path': { eq: '/etc' } } }, 'no-etc'),
          ]),
        ]),
      servers: () => [
        {
          name: 'files',
          kind: 'stdio',
          state: 'ready',
          trouble: null,
          tools: [tool('rm'), tool('write'), tool('<b>ls</b>')],
          more: 2,
          seen: null,
          since: null,
          pid: null,
          stopped: false,
        },
      ],
    },
  });
  served.hold({ server: 'files' });
  const { servers } = (await (await served.ask('/api/v1/servers')).json()) as Servers;
  expect(servers[0]).toMatchObject({ name: 'files', state: 'ready', pending: 1, more: 2 });
  expect(servers[0]?.tools).toMatchObject([
    { name: 'rm', policy: { decision: 'deny', rule: 'no-rm' }, hints: { destructive: true } },
    { name: 'write', policy: { decision: 'depends' } },
    { name: '<b>ls</b>', policy: { decision: 'allow' } },
  ]);
});

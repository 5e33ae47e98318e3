import fs from 'node:fs';
import { expect, test } from 'vitest';
import { API_ROOT, type Endpoint, type EndpointName, ENDPOINTS } from '../../src/dashboard/contract.js';
import { FEED_EVENTS } from '../../src/dashboard/contract/feed.js';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import { type JsonObject, type JsonValue, parseJson } from '../../src/platform/json.js';
import { parseDecimal } from '../../src/platform/decimal.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';
import { compiled, layer } from '../policy/support.js';
import { schemaFault, placeIn } from './openapi-check.js';
import { auditRecords } from './record-fields.js';
import { type Asked, login, post, SECRET, type Served, serving } from './serving.js';

verifies('dashboard:api');

const FEW = {
  name: 'few',
  action: 'rate_limit',
  match: {},
  limits: { max_calls: 5, window: '1h' },
} as const;

/** A dashboard with something of everything: calls in the log, one that waits, a pot that was drawn on, a server. */
async function full(): Promise<{ readonly served: Served; readonly request: ApprovalRequest }> {
  const policy = compiled([layer([FEW])]);
  const served = await serving({
    sourceMore: {
      policy: () => policy,
      servers: () => [
        {
          name: 'files',
          kind: 'stdio',
          state: 'ready',
          trouble: null,
          tools: [{ name: 'write', hints: DEFAULT_HINTS, standing: 'drifted' }],
          more: 0,
          seen: '2026-11-22T08:00:00.000Z',
          since: null,
          pid: 1,
          stopped: false,
        },
      ],
    },
  });
  fs.writeFileSync(
    served.auditFile,
    auditRecords(3)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
  const obligation = policy.layers[0]?.rules[0]?.outcome.obligations[0];
  const terms = obligation?.kind === 'limits' ? obligation.pots[0]?.terms : undefined;
  const [one, five] = [parseDecimal('1'), parseDecimal('5')];
  if (terms === undefined || one === undefined || five === undefined) throw new Error('no terms');
  const pot = { pot: terms.identity, name: terms.name, currency: null, overage: false };
  served.ledger.reserve([{ ...pot, amount: one, limit: five, windowMs: 3_600_000 }], Date.now()); // oxlint-disable-line -- a draw of now
  return { served, request: served.hold({ definition: 'sha256:1', remember: 'user' }).request };
}

interface Good {
  /** What stands for `{id}`. */
  readonly id?: string;
  readonly init?: Asked;
  readonly query?: string;
}

/** How each endpoint is asked so that it answers well. */
const GOOD: Readonly<
  Record<EndpointName, (served: Served, request: ApprovalRequest) => Good | Promise<Good>>
> = {
  health: () => ({}),
  login: () => ({ init: post({ secret: SECRET, name: 'ana' }) }),
  logout: async (served) => ({ init: post({}, { cookie: (await login(served.base)).cookie }) }),
  session: () => ({}),
  feed: () => ({ query: '?last=0' }),
  approvals: () => ({ query: '?ended=5' }),
  approval: (_served, { id }) => ({ id }),
  remember: (_served, { id }) => ({ id, init: post({ scope: 'session' }) }),
  approve: (_served, { id, digest }) => ({ id, init: post({ digest }) }),
  deny: (_served, { id, digest }) => ({ id, init: post({ digest, reason: 'not today' }) }),
  breakGlass: (_served, { id, digest }) => ({ id, init: post({ digest, reason: 'the site is on fire' }) }),
  audit: () => ({ query: '?limit=2' }),
  auditExport: () => ({ query: '?format=jsonl' }),
  auditEntry: async (served) => {
    const page = (await (await served.ask('/api/v1/audit')).json()) as { entries: { id: string }[] };
    return { id: page.entries[0]?.id ?? '' };
  },
  stats: () => ({ query: '?since=365d' }),
  limits: () => ({}),
  resetLimit: async (served) => {
    const { pots } = (await (await served.ask('/api/v1/limits')).json()) as { pots: { pot: string }[] };
    return { init: post({ pot: pots[0]?.pot, reason: 'a new day' }) };
  },
  servers: () => ({}),
};

test('every endpoint of the contract is asked so that it answers well', () => {
  expect(Object.keys(GOOD).toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
});

test.each(Object.entries(ENDPOINTS) as [EndpointName, Endpoint][])(
  'a good answer of %s is as the OpenAPI file has it',
  async (name, endpoint) => {
    const { served, request } = await full();
    const { id = '', init = {}, query = '' } = await GOOD[name](served, request);
    const aborted = new AbortController();
    const place = `${API_ROOT}${endpoint.path.replace('{id}', id)}${query}`;
    const response = await served.ask(place, { method: endpoint.method, ...init, signal: aborted.signal });
    const responses = ['paths', `${API_ROOT}${endpoint.path}`, endpoint.method.toLowerCase(), 'responses'];
    const documented = placeIn([...responses, String(response.status)]) as JsonObject;
    expect([name, response.ok, documented]).toEqual([name, true, expect.anything()]);
    const content = documented['content'] as JsonObject | undefined;
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    expect(content === undefined ? '' : Object.keys(content)).toContain(type);
    if (type === 'application/json') {
      const schema = placeIn([...responses, String(response.status), 'content', type, 'schema']);
      expect(schemaFault(schema, (await response.json()) as JsonValue)).toBeUndefined();
    } else if (type === 'application/jsonl') {
      const lines = (await response.text()).trimEnd().split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines)
        expect(parseJson(line)).toMatchObject({ type: 'call', tool: expect.any(String) });
    }
    aborted.abort();
  },
);

test('an export as CSV has a line of names and one for each call', async () => {
  const { served } = await full();
  const response = await served.ask('/api/v1/audit/export?format=csv');
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
  expect((await response.text()).trimEnd().split(/\r?\n/)).toHaveLength(4);
});

/** The component that describes the data of each event. */
const COMPONENTS: Readonly<Record<keyof typeof FEED_EVENTS, string>> = {
  hello: 'HelloEvent',
  entries: 'EntriesEvent',
  approval: 'PendingApproval',
  'approval-end': 'ApprovalEndEvent',
  gap: 'GapEvent',
  'signed-out': 'SignedOutEvent',
};

test('every event of the feed is as the OpenAPI file has it', async () => {
  const { served, request } = await full();
  const { cookie } = await login(served.base);
  // Of another process: whoever was there then has missed what nobody knows.
  const headers = { cookie, 'last-event-id': 'another-3' };
  const response = await fetch(`${served.base}/api/v1/feed`, { headers });
  const seen = new Map<string, JsonValue>();
  const reading = (async () => {
    let text = '';
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      for (const [, event = '', data = ''] of text.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)) {
        seen.set(event, parseJson(data) ?? null);
      }
    }
  })();
  await eventually('the gap', () => seen.has('gap'));
  served.tell(auditRecords(1));
  const { request: later } = served.hold({ tool: 'later' }, 2);
  await eventually('the request', () => seen.has('approval') && seen.has('entries'));
  for (const { id, digest } of [request, later]) {
    await served.ask(`/api/v1/approvals/${id}/deny`, post({ digest }));
  }
  await eventually('the end of it', () => seen.has('approval-end'));
  await fetch(`${served.base}/api/v1/logout`, post({}, { cookie }));
  await reading;
  expect([...seen.keys()].toSorted()).toEqual(Object.keys(FEED_EVENTS).toSorted());
  for (const [event, data] of seen) {
    const component = COMPONENTS[event as keyof typeof FEED_EVENTS];
    expect([event, schemaFault(placeIn(['components', 'schemas', component]), data)]).toEqual([
      event,
      undefined,
    ]);
  }
});

test('the check itself finds what is wrong, and refuses what it does not understand', () => {
  const pot = placeIn(['components', 'schemas', 'ResetDone']);
  expect(schemaFault(pot, { pot: 'a', name: 'b', used: '1' })).toBeUndefined();
  expect(schemaFault(pot, { pot: 'a', name: 'b' })).toContain('no used');
  expect(schemaFault(pot, { pot: 'a', name: 'b', used: 1 })).toContain('no string');
  expect(schemaFault(pot, { pot: 'a', name: 'b', used: '1', more: 1 })).toContain('not documented');
  expect(() => schemaFault({ oneOf: [] }, 1)).toThrow('oneOf');
});

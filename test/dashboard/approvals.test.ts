import { describe, expect, test } from 'vitest';
import type { Approval, Approvals, RememberedRule } from '../../src/dashboard/contract/approvals.js';
import { verifies } from '../requirements.js';
import { errorOf, login, post, type Served, serving } from './serving.js';

verifies('dashboard:approvals');

const ROOT = '/api/v1/approvals';
const REMEMBERABLE = {
  remember: 'user',
  definition: 'sha256:1',
  arguments: { path: '/srv/a/b.txt' },
} as const;

async function readOne(served: Served, id: string): Promise<Approval> {
  return (await (await served.ask(`${ROOT}/${id}`)).json()) as Approval;
}

test('what waits is listed whole, and answered in the name and by the channel of who answers', async () => {
  const served = await serving();
  const { request, answers } = served.hold({ arguments: { note: '<img src=x onerror=alert(1)>' } });
  const list = (await (await served.ask(ROOT)).json()) as Approvals;
  expect(list.pending).toHaveLength(1);
  expect(list.pending[0]).toMatchObject({
    request: { id: request.id, arguments: { note: '<img src=x onerror=alert(1)>' } },
    answerable: { approve: true, deny: true, why: null },
  });
  expect(list.pending[0]?.request).not.toHaveProperty('owner');
  const { cookie } = await login(served.base);
  const body = { digest: request.digest, reason: ' it is fine ' };
  const response = await fetch(`${served.base}${ROOT}/${request.id}/approve`, post(body, { cookie }));
  expect(await response.json()).toEqual({ kind: 'accepted', remembered: null });
  expect(answers).toMatchObject([
    {
      decision: 'approved',
      approver: 'ana',
      channel: 'dashboard',
      presence: 'dashboard',
      reason: 'it is fine',
    },
  ]);
  expect(served.recorded.at(-1)).toMatchObject({
    event: 'dashboard-answer',
    detail: { id: request.id, decision: 'approved', by: 'ana', login: 'cookie', break_glass: false },
  });
  expect((await readOne(served, request.id)).end).toMatchObject({ state: 'approved', approver: 'ana' });
});

test('a script answers as a script; a denial carries its reason to the agent', async () => {
  const served = await serving();
  const { request, answers } = served.hold({});
  const named = post({ digest: request.digest, reason: 'not today' }, { 'x-guard-name': 'nightly' });
  expect((await served.ask(`${ROOT}/${request.id}/deny`, named)).status).toBe(200);
  expect(answers).toMatchObject([
    { decision: 'denied', approver: 'nightly', presence: 'script', reason: 'not today' },
  ]);
});

describe('an answer does not count', () => {
  test('for another call than the one that was shown', async () => {
    const served = await serving();
    const { request, answers } = served.hold({});
    const response = await served.ask(`${ROOT}/${request.id}/approve`, post({ digest: 'sha256:other' }));
    expect(await errorOf(response)).toBe('422 refused');
    expect(answers).toEqual([]);
  });

  test('a second time, and says how the first went', async () => {
    const served = await serving();
    const { request, answers } = served.hold({});
    const body = post({ digest: request.digest });
    const both = await Promise.all([
      served.ask(`${ROOT}/${request.id}/approve`, body),
      served.ask(`${ROOT}/${request.id}/deny`, body),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const late = await served.ask(`${ROOT}/${request.id}/approve`, body);
    expect(late.status).toBe(409);
    expect(await late.json()).toMatchObject({ error: { code: 'late', end: { approver: 'script' } } });
    expect(answers).toHaveLength(1);
  });

  test('without the signature that is needed: what to run is said', async () => {
    const served = await serving();
    const { request, answers } = served.hold({ approvers: 'f00' });
    expect((await readOne(served, request.id)).answerable).toMatchObject({
      approve: false,
      deny: false,
      command: `guard approve ${request.id}`,
    });
    const denied = await served.ask(`${ROOT}/${request.id}/deny`, post({ digest: request.digest }));
    expect(denied.status).toBe(403);
    expect(await denied.json()).toMatchObject({
      error: { code: 'signature-needed', command: `guard deny ${request.id}` },
    });
    const glass = post({ digest: request.digest, reason: 'the site is on fire' });
    expect(await errorOf(await served.ask(`${ROOT}/${request.id}/break-glass`, glass))).toBe(
      '403 signature-needed',
    );
    expect(answers).toEqual([]);
  });

  test('where the arguments could not be shown whole, but a denial does', async () => {
    const served = await serving();
    const { request } = served.hold({ arguments: null, arguments_complete: false });
    const body = post({ digest: request.digest });
    expect(await errorOf(await served.ask(`${ROOT}/${request.id}/approve`, body))).toBe('422 refused');
    expect((await served.ask(`${ROOT}/${request.id}/deny`, body)).status).toBe(200);
  });

  test('where it cannot be recorded', async () => {
    const served = await serving();
    const { request, answers } = served.hold({});
    served.failRecords();
    const response = await served.ask(`${ROOT}/${request.id}/approve`, post({ digest: request.digest }));
    expect(await errorOf(response)).toBe('503 unavailable');
    expect(answers).toEqual([]);
  });

  test('for an id that nobody knows', async () => {
    const served = await serving();
    const body = post({ digest: 'x' });
    expect(await errorOf(await served.ask(`${ROOT}/apr_00000000000000000099/approve`, body))).toBe(
      '404 not-found',
    );
    expect(await errorOf(await served.ask(`${ROOT}/..%2f..%2fetc/approve`, body))).toBe('404 not-found');
  });
});

test('breaking the glass wants a reason and is recorded as what it is', async () => {
  const served = await serving();
  const { request, answers } = served.hold({ destructive: true });
  const place = `${ROOT}/${request.id}/break-glass`;
  expect(await errorOf(await served.ask(place, post({ digest: request.digest })))).toBe('400 bad-request');
  const thin = post({ digest: request.digest, reason: '          ' });
  expect(await errorOf(await served.ask(place, thin))).toBe('400 bad-request');
  const body = post({ digest: request.digest, reason: 'the site is on fire' });
  expect((await served.ask(place, body)).status).toBe(200);
  expect(answers).toMatchObject([{ decision: 'approved', reason: 'break-glass: the site is on fire' }]);
  expect(served.recorded.at(-1)).toMatchObject({ detail: { break_glass: true } });
});

describe('remembering', () => {
  test('the rule is shown in full before it is saved, and what is saved is that rule', async () => {
    const saved: unknown[] = [];
    const served = await serving({
      sourceMore: { save: (_request, draft) => Promise.resolve(void saved.push(draft.remember)) },
    });
    const { request } = served.hold(REMEMBERABLE);
    const draft = { scope: 'user', steps: [{ path: '$.path', do: 'widen' }] };
    const preview = await served.ask(`${ROOT}/${request.id}/remember`, post(draft));
    const shown = (await preview.json()) as RememberedRule;
    expect(shown.lines.join('\n')).toContain('$.path within folder /srv/a');
    expect(saved).toEqual([]);
    const body = post({ digest: request.digest, remember: draft });
    const answer = await served.ask(`${ROOT}/${request.id}/approve`, body);
    expect(await answer.json()).toEqual({ kind: 'accepted', remembered: { saved: true, trouble: null } });
    expect(saved).toMatchObject([{ scope: 'user', input: { '$.path': { path_within: '/srv/a' } } }]);
  });

  test('what may not be remembered is refused before anything is answered', async () => {
    const served = await serving();
    const { request, answers } = served.hold({ ...REMEMBERABLE, remember: 'session' });
    const body = post({ digest: request.digest, remember: { scope: 'user' } });
    expect(await errorOf(await served.ask(`${ROOT}/${request.id}/approve`, body))).toBe('422 refused');
    const own = post({ digest: request.digest, remember: { scope: 'session', input: {} } });
    expect(await errorOf(await served.ask(`${ROOT}/${request.id}/approve`, own))).toBe('400 bad-request');
    expect(answers).toEqual([]);
  });
});

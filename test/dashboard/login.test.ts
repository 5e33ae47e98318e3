import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LoginThrottle } from '../../src/dashboard/login/throttle.js';
import { OneTimeCodes } from '../../src/dashboard/login/one-time-codes.js';
import { Sessions } from '../../src/dashboard/login/sessions.js';
import {
  DASHBOARD_CODE_MS,
  DASHBOARD_SESSION_IDLE_MS,
  DASHBOARD_SESSION_MS,
  DASHBOARD_SESSIONS_MAX,
} from '../../src/platform/bounds.js';
import { secretFault } from '../../src/platform/secret-fault.js';
import { verifies } from '../requirements.js';
import { heldTime } from '../support/held-time.js';
import { rawRequest } from './raw-request.js';
import { errorOf, login, post, SECRET, serving } from './serving.js';

verifies('dashboard:login', 'dashboard:sites');

test.each([
  ['short', 'expected at least 32 characters, got 5'],
  ['a'.repeat(40), 'expected at least 10 different characters, got 1'],
  ['sha256:abc', 'expected sha256: and 64 lower-case hexadecimal digits'],
  [SECRET, undefined],
  [`sha256:${'0a'.repeat(32)}`, undefined],
])('the secret %s', (secret, fault) => {
  expect(secretFault(secret)).toBe(fault);
});

describe('logging in', () => {
  test('the secret becomes a cookie that no script reads and no other site sends', async () => {
    const { base, recorded } = await serving();
    const { cookie, response } = await login(base);
    expect(response.status).toBe(200);
    const set = response.headers.get('set-cookie') ?? '';
    expect(set).toMatch(/; Path=\/api\/v1; HttpOnly; SameSite=Strict$/);
    expect(set).toContain('Max-Age=43200');
    expect(set).not.toContain(SECRET);
    const session = await fetch(`${base}/api/v1/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({ name: 'ana', by: 'cookie', guard: { scope: 'machine' } });
    expect(recorded.map(({ event }) => event)).toEqual(['dashboard-login']);
  });

  test('behind https the cookie is Secure, and the public address is answered', async () => {
    const { base } = await serving({ publicUrl: 'https://guard.example.com' });
    const headers = { host: 'guard.example.com', origin: 'https://guard.example.com' };
    const { status, headers: got } = await rawRequest(
      `${base}/api/v1/login`,
      post({ secret: SECRET }, headers),
    );
    expect(status).toBe(200);
    expect(got['set-cookie']?.[0]).toContain('; Secure');
  });

  test('the file may hold the digest in place of the secret', async () => {
    const digest = `sha256:${createHash('sha256').update(SECRET).digest('hex')}`;
    const { base } = await serving({ secret: digest });
    expect((await login(base)).response.status).toBe(200);
    expect((await login(base, digest)).response.status).toBe(401);
  });

  test('a wrong secret is refused and recorded; soon nothing is looked at any more', async () => {
    const { base, recorded } = await serving();
    const statuses: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      statuses.push((await login(base, `guessed-${tries}`)).response.status);
    }
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    const { response } = await login(base);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const refused = recorded.filter(({ event }) => event === 'dashboard-login-refused');
    // Six that were looked at or turned away; of those that have to wait not each is told of.
    expect(refused).toHaveLength(6);
    expect(JSON.stringify(recorded)).not.toContain('guessed');
  });

  test('a wrong bearer counts as a try too', async () => {
    const { base } = await serving();
    for (let tries = 0; tries < 5; tries += 1) {
      const response = await fetch(`${base}/api/v1/session`, { headers: { authorization: 'Bearer no' } });
      expect(response.status).toBe(401);
    }
    expect((await login(base)).response.status).toBe(429);
  });

  test('a link counts once', async () => {
    const { base, dashboard } = await serving({ secret: undefined });
    const code = dashboard.newCode().replace('#code=', '');
    expect((await login(base, code)).response.status).toBe(200);
    expect((await login(base, code)).response.status).toBe(401);
  });

  test('without a secret nothing but loopback is listened on', async () => {
    await expect(serving({ secret: undefined, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'config-invalid',
    });
    await expect(serving({ secret: 'short' })).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('sessions', () => {
  test('logging out ends one, another secret ends all, and a cookie of another guard is none', async () => {
    const { base, dashboard } = await serving();
    const first = await login(base);
    const second = await login(base);
    const asks = async (cookie: string): Promise<number> =>
      (await fetch(`${base}/api/v1/session`, { headers: { cookie } })).status;
    expect(await asks(first.cookie)).toBe(200);
    const out = await fetch(`${base}/api/v1/logout`, post({}, { cookie: first.cookie }));
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect([await asks(first.cookie), await asks(second.cookie)]).toEqual([401, 200]);
    dashboard.useSecret(`${SECRET} anew`);
    expect(await asks(second.cookie)).toBe(401);
    expect(await asks(`${first.cookie.split('=')[0]}=${'A'.repeat(43)}`)).toBe(401);
  });

  test('one ends when nobody uses it, and in any case after a time', () => {
    const time = heldTime();
    const ended: string[] = [];
    let count = 0;
    const sessions = new Sessions({
      clock: time.clock,
      newToken: () => `token-${(count += 1)}`,
      newId: () => `id-${count}`,
      onEnd: ({ id }) => ended.push(id),
    });
    const idle = sessions.begin('ana', 'digest').token;
    const busy = sessions.begin('bob', 'digest').token;
    for (let passed = 0; passed < DASHBOARD_SESSION_MS; passed += DASHBOARD_SESSION_IDLE_MS / 2) {
      expect(sessions.use(busy)).toBeDefined();
      time.pass(DASHBOARD_SESSION_IDLE_MS / 2);
    }
    expect(sessions.use(idle)).toBeUndefined();
    expect(sessions.use(busy)).toBeUndefined();
    expect(ended).toHaveLength(2);
    for (let more = 0; more <= DASHBOARD_SESSIONS_MAX; more += 1) sessions.begin('x', 'digest');
    expect(ended).toHaveLength(3);
  });

  test('waits grow, end, and are of an address; all together wait too', () => {
    const time = heldTime();
    const throttle = new LoginThrottle(time.clock);
    for (let tries = 0; tries < 5; tries += 1) throttle.wrong('10.0.0.1');
    const first = throttle.waitMs('10.0.0.1');
    time.pass(first);
    throttle.wrong('::ffff:10.0.0.1');
    expect(throttle.waitMs('10.0.0.1')).toBe(2 * first);
    expect(throttle.waitMs('10.0.0.2')).toBe(0);
    throttle.wrong('2001:db8::1');
    for (let tries = 0; tries < 50; tries += 1) throttle.wrong(`10.0.1.${tries}`);
    expect(throttle.waitMs('10.9.9.9')).toBeGreaterThan(0);
  });

  test('a code is too old after a time', () => {
    const time = heldTime();
    const codes = new OneTimeCodes(time.clock, () => 'the-code');
    codes.make();
    time.pass(DASHBOARD_CODE_MS);
    expect(codes.take('the-code')).toBe(false);
  });
});

describe('other sites', () => {
  test.each([
    ['a name that is pointed here', { host: 'evil.example.com' }, '403 foreign-site'],
    ['a page of another port', { origin: 'http://127.0.0.1:3000' }, '403 foreign-site'],
    ['a sandboxed page', { origin: 'null' }, '403 foreign-site'],
  ])('%s is turned away', async (_what, headers, expected) => {
    const { base } = await serving();
    const { status, body } = await rawRequest(`${base}/api/v1/health`, { headers });
    expect(`${status} ${(JSON.parse(body) as { error: { code: string } }).error.code}`).toBe(expected);
  });

  test('a cookie alone writes nothing', async () => {
    const { base } = await serving();
    const { cookie } = await login(base);
    const bare = { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: '{}' };
    expect(await errorOf(await fetch(`${base}/api/v1/logout`, bare))).toBe('403 csrf-refused');
    const cross = post({}, { cookie, 'sec-fetch-site': 'cross-site' });
    const answer = await rawRequest(`${base}/api/v1/logout`, cross);
    expect(answer.status).toBe(403);
  });

  test('answers are nobody else’s to frame, guess or keep', async () => {
    const { base } = await serving();
    for (const place of ['/', '/api/v1/health', '/api/v1/session', '/none']) {
      const { headers } = await fetch(`${base}${place}`);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; .*frame-ancestors 'none'$/,
      );
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('cache-control')).toBe(place === '/' ? 'no-cache' : 'no-store');
    }
  });
});

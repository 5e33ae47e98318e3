import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { tokenCommand } from '../../src/commands/token-options.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { type Ran, runCommand } from './check-run.js';

verifies('identity:dev', 'identity:token:unseen');

const SECRET = 'a secret of more than thirty-two characters';
const DEV = `version: '1'\nidentity: { dev_mode: { enabled: true, secret: '\${DEV_SECRET}' } }\n`;
const env = { DEV_SECRET: SECRET };

function token(config: string, args: readonly string[], options: object = {}, stdin?: string): Promise<Ran> {
  const folder = folderWith({ 'xdg/guard/guard.yaml': config });
  return runCommand(tokenCommand, folder, { args, options: { ...options } }, env, stdin);
}

test('mint prints the token and nothing else', async () => {
  const options = { ttl: '2h', scope: ['a', 'b'], claim: ['team=ops', 'groups=["x"]', '__proto__=1'] };
  const { code, stdout } = await token(DEV, ['mint', 'billing-bot'], options);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(decodeProtectedHeader(stdout.trim())).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  expect(decodeJwt(stdout.trim())).toMatchObject({
    iss: 'guard-dev',
    aud: 'guard',
    sub: 'billing-bot',
    scope: 'a b',
    team: 'ops',
    groups: ['x'],
    iat: 0,
    exp: 7200,
  });
});

test('the audience is that of the config', async () => {
  const config = DEV.replace('identity: {', 'identity: { audience: [tools, other],');
  expect(decodeJwt((await token(config, ['mint', 'bot'])).stdout.trim())).toMatchObject({
    aud: 'tools',
    exp: 3600,
  });
});

describe('what cannot be minted', () => {
  test.each<[string, string, readonly string[], object, RegExp]>([
    ['nothing to do', DEV, [], {}, /expected mint or check/],
    ['something else to do', DEV, ['print'], {}, /expected mint or check/],
    ['no name', DEV, ['mint'], {}, /expected one name/],
    ['two names', DEV, ['mint', 'a', 'b'], {}, /expected one name/],
    ['a hostile name', DEV, ['mint', 'a\u001b[31m'], {}, /visible characters/],
    ['a life that is none', DEV, ['mint', 'a'], { ttl: 'soon' }, /--ttl/],
    ['a life without end', DEV, ['mint', 'a'], { ttl: '365d' }, /--ttl/],
    ['a scope that is none', DEV, ['mint', 'a'], { scope: 'a"b' }, /--scope expects a scope/],
    ['a claim that is none', DEV, ['mint', 'a'], { claim: 'team' }, /--claim expects/],
    ['too much', DEV, ['mint', 'a'], { claim: `x=${'y'.repeat(20_000)}` }, /longer than/],
    ['no dev mode', "version: '1'\n", ['mint', 'a'], {}, /dev_mode is not enabled/],
    [
      'an issuer',
      "version: '1'\nidentity: { issuer: https://a.example, audience: x }\n",
      ['mint', 'a'],
      {},
      /issuer only/,
    ],
  ])('%s', async (_what, config, args, options, message) => {
    const ran = await token(config, args, options);
    expect(ran).toMatchObject({ code: 2, error: 'usage', stdout: '' });
    expect(ran.message).toMatch(message);
    expect(ran.message).not.toContain(SECRET);
  });

  test('a secret that is too short', async () => {
    const config = "version: '1'\nidentity: { dev_mode: { enabled: true, secret: short } }\n";
    expect(await token(config, ['mint', 'a'])).toMatchObject({ code: 2, error: 'config-invalid' });
  });
});

describe('check', () => {
  test('a good token from stdin', async () => {
    const { stdout: minted } = await token(DEV, ['mint', 'bot'], { scope: 'a' });
    const { code, stdout } = await token(DEV, ['check'], {}, minted);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ agent: 'bot', scopes: ['a'], claims: { sub: 'bot' } });
  });

  test('a bad one: why, but not the token', async () => {
    const { code, stdout } = await token(DEV, ['check'], {}, 'some.bad.token\n');
    expect(code).toBe(1);
    expect(stdout).toBe('refused with status 401: the token is malformed\n');
  });

  test('a token on the command line is not looked at', async () => {
    const ran = await token(DEV, ['check', 'some.bad.token']);
    expect(ran).toMatchObject({ code: 2, error: 'usage' });
    expect(ran.message).toMatch(/from stdin/);
  });

  test('where nobody is asked', async () => {
    expect((await token("version: '1'\n", ['check'], {}, 'x')).message).toMatch(/no identity is configured/);
  });
});

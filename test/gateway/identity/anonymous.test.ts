import { expect, test } from 'vitest';
import { createIdentity } from '../../../src/gateway/identity/create-identity.js';
import { verifies } from '../../requirements.js';
import { heldClock } from './issuer.js';

verifies('identity:anonymous');

async function anonymousOn(host: string, anywhere = false): ReturnType<typeof createIdentity> {
  return createIdentity({
    settings: { mode: 'anonymous', anywhere },
    address: () => ({ publicUrl: undefined, host, port: 7474 }),
    clock: heldClock(),
    note: () => {},
  });
}

test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1', 'LOCALHOST'])(
  'on %s nobody is asked, and that is said',
  async (host) => {
    const identity = await anonymousOn(host);
    expect(await identity.authenticate({ authorization: 'Bearer x', 'x-guard-agent': 'admin' })).toEqual({
      agent: undefined,
      key: 'anonymous',
      scopes: [],
      claims: {},
    });
    expect(identity.warning).toMatch(/^WARNING: no identity is configured.*every program on this machine/);
    expect(identity.metadata('/.well-known/oauth-protected-resource')).toBeUndefined();
    expect(identity.insufficientScope(['a'])).toMatchObject({ status: 403 });
  },
);

test.each(['0.0.0.0', '::', '192.168.1.5', 'tools.example.com', '127.0.0.1.example.com'])(
  'on %s it must be asked for',
  async (host) => {
    await expect(anonymousOn(host)).rejects.toMatchObject({
      code: 'config-invalid',
      hint: expect.stringContaining('identity.allow_anonymous: true'),
    });
    expect((await anonymousOn(host, true)).warning).toContain(`whoever reaches ${host}`);
  },
);

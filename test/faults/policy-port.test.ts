import { describe, expect, test } from 'vitest';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import { ports } from '../policy/support.js';
import { Fault, faulty } from './fault.js';
import { Rig } from './rig.js';
import { complaints, playOn, playSession, sessionPolicy } from './scenario.js';
import { verifies } from '../requirements.js';

verifies('relay:handshake:never-blocked', 'policy:total');

const boom = (): never => {
  throw new Error('the port is broken for a test');
};

describe('policy cannot be evaluated', () => {
  test.each([false, true])(
    'the port for paths throws at its n-th call, persistent %s',
    async (persistent) => {
      let at = 1;
      for (let hit = true; hit; at += 1) {
        const fault = new Fault({ at, persistent });
        fault.healed = true;
        const policy = sessionPolicy(faulty(ports, fault, boom));
        // Compiling resolved the paths of rules already; what counts here is the evaluation.
        fault.calls = 0;
        fault.healed = false;
        const rig = new Rig({ policy });
        await playSession(rig);
        hit = fault.hit;
        await playOn(rig);
        expect(complaints(rig), `n = ${at}`).toEqual([]);
        await rig.close();
      }
      expect(at).toBeGreaterThan(2);
    },
  );

  test('everything about the policy throws: governed calls are denied, the rest goes on', async () => {
    const policy = new Proxy(sessionPolicy(), { get: boom }) satisfies CompiledPolicy;
    const rig = new Rig({ policy });
    await playSession(rig);
    expect(await playOn(rig)).toBe('denied');
    expect(JSON.stringify(rig.answersTo(11))).toContain('policy_failed');
    expect(complaints(rig)).toEqual([]);
    await rig.close();
  });

  test('a policy that fails at its n-th use denies that call and no other', async () => {
    let denied = 0;
    let at = 1;
    for (let hit = true; hit; at += 1) {
      const fault = new Fault({ at, persistent: false });
      const policy = new Proxy(sessionPolicy(), {
        get(target, name, receiver): unknown {
          return fault.strikes() ? boom() : Reflect.get(target, name, receiver);
        },
      });
      const rig = new Rig({ policy });
      await playSession(rig);
      await playOn(rig);
      hit = fault.hit;
      const failed = rig.received.filter((message) => JSON.stringify(message).includes('policy_failed'));
      expect(failed.length, `n = ${at}`).toBeLessThanOrEqual(1);
      denied += failed.length;
      expect(complaints(rig), `n = ${at}`).toEqual([]);
      await rig.close();
    }
    expect(denied).toBeGreaterThan(5);
  });
});

import { describe, expect, test } from 'vitest';
import { within } from '../support/eventually.js';
import { Rig, settle } from './rig.js';
import { playSession, sessionPolicy } from './scenario.js';

const brokenPipe = (): Error => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

describe('a way out breaks', () => {
  test("the server's stdin breaks: the session ends, and every open request is told", async () => {
    const rig = new Rig({ policy: sessionPolicy() });
    await playSession(rig);
    rig.server.inputError = brokenPipe();
    await rig.say({ id: 21, method: 'tools/call', params: { name: 'echo' } }, { id: 22, method: 'ping' });
    await within('the end of the door', rig.ended);
    await settle();
    for (const id of [21, 22]) {
      expect(rig.answersTo(id)).toHaveLength(1);
      expect(rig.answersTo(id)[0]?.error?.code).toBe(-31002);
    }
    expect(rig.server.unrecorded).toEqual([]);
    await rig.close();
  });

  test("the client's stdout breaks: the session ends", async () => {
    const rig = new Rig({ policy: sessionPolicy() });
    await playSession(rig);
    rig.stdout.destroy(brokenPipe());
    expect(await within('the end of the door', rig.ended)).toMatchObject({ exitCode: 0 });
    await rig.close();
  });

  test("the client's stdin breaks: the session ends", async () => {
    const rig = new Rig({ policy: sessionPolicy() });
    await playSession(rig);
    rig.stdin.destroy(brokenPipe());
    await within('the end of the door', rig.ended);
    await rig.close();
  });

  test("the server's stdout breaks: the session ends, and every open request is told", async () => {
    const rig = new Rig({ policy: sessionPolicy() });
    await playSession(rig);
    rig.server.say = () => undefined;
    await rig.say({ id: 21, method: 'tools/call', params: { name: 'echo' } });
    rig.server.output.destroy(brokenPipe());
    await within('the end of the door', rig.ended);
    await settle();
    expect(rig.answersTo(21).map(({ error }) => error?.code)).toEqual([-31002]);
    await rig.close();
  });
});

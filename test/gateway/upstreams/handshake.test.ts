import { describe, expect, test } from 'vitest';
import { shakeHands, type EraPlan, type Handshake } from '../../../src/gateway/upstreams/handshake.js';
import type { OwnAnswer } from '../../../src/gateway/upstreams/own-answer.js';
import type { JsonObject, JsonValue } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';

verifies('gateway:upstream:era');

const SILENT: OwnAnswer = { kind: 'silent' };
const GONE: OwnAnswer = { kind: 'gone', description: 'exited with code 1' };
const INITIALIZED = result({ protocolVersion: '2025-11-25', capabilities: {}, x: [1] });
const DISCOVERED = result({ supportedVersions: ['2026-07-28', '2025-11-25'], capabilities: {} });

function result(value: JsonObject): OwnAnswer {
  return { kind: 'result', result: value };
}

function error(code: number, data?: JsonValue, status?: number, answered = false): OwnAnswer {
  const transport =
    status === undefined ? undefined : { status, message: `HTTP ${status}`, answered, garbled: false };
  return { kind: 'error', code, message: 'no', data, transport };
}

interface Said {
  readonly handshake: Handshake;
  /** Methods with their time limits, notifications in brackets. */
  readonly said: string[];
  readonly params: JsonObject[];
}

/** A handshake with a server that gives these answers; `later`: to `server/discover` once more. */
async function shake(
  plan: EraPlan,
  discover: OwnAnswer,
  initialize: OwnAnswer,
  ...later: OwnAnswer[]
): Promise<Said> {
  const discoveries = [discover, ...later];
  const said: string[] = [];
  const params: JsonObject[] = [];
  const handshake = await shakeHands(
    {
      ask(method, sent, timeoutMs) {
        said.push(`${method} ${timeoutMs}`);
        params.push(sent);
        if (method === 'initialize') return Promise.resolve(initialize);
        return Promise.resolve(
          discoveries.length > 1 ? (discoveries.shift() ?? discover) : (discoveries[0] ?? discover),
        );
      },
      tell: (method) => void said.push(`(${method})`),
    },
    {
      plan,
      capabilities: { roots: {} },
      clientInfo: { name: 'c', version: '1' },
      probeMs: 10,
      leftMs: () => 60,
    },
  );
  return { handshake, said, params };
}

const LEGACY = ['discover', 'initialize', 'initialized'];

describe('a server whose era is not known', () => {
  const rows: readonly (readonly [string, OwnAnswer, OwnAnswer, string, readonly string[]])[] = [
    ['answers discover', DISCOVERED, GONE, 'modern', ['discover']],
    ['does not know the method', error(-32601), INITIALIZED, 'legacy', LEGACY],
    ['finds the parameters wrong', error(-32602), INITIALIZED, 'legacy', LEGACY],
    ['has no session yet', error(-32000, undefined, 400, true), INITIALIZED, 'legacy', LEGACY],
    [
      'has nothing at the address for a modern request',
      error(-31008, undefined, 404),
      INITIALIZED,
      'legacy',
      LEGACY,
    ],
    ['answers everything with an empty object', result({}), INITIALIZED, 'legacy', LEGACY],
    [
      'names legacy revisions only',
      result({ supportedVersions: ['2025-06-18'] }),
      INITIALIZED,
      'legacy',
      LEGACY,
    ],
    [
      'refuses the revision and names a legacy one',
      error(-32022, { supported: ['2025-11-25'] }),
      INITIALIZED,
      'legacy',
      LEGACY,
    ],
    [
      'refuses the revision that it names itself, again and again',
      error(-32022, { supported: ['2026-07-28'] }),
      INITIALIZED,
      'refused',
      ['discover', 'discover'],
    ],
    [
      'refuses the revision and names none',
      error(-32022, { supported: [] }),
      INITIALIZED,
      'refused',
      ['discover'],
    ],
    [
      'speaks a revision of the future',
      result({ supportedVersions: ['2031-01-01'] }),
      INITIALIZED,
      'refused',
      ['discover'],
    ],
    ['asks for credentials', error(-31008, undefined, 401), INITIALIZED, 'refused', ['discover']],
    ['stays silent on the probe', SILENT, INITIALIZED, 'lost', ['discover']],
    ['ends on the probe', GONE, INITIALIZED, 'lost', ['discover']],
    ['knows neither', error(-32601), error(-32601), 'refused', ['discover', 'initialize']],
    ['ends in initialize', error(-32601), GONE, 'lost', ['discover', 'initialize']],
  ];
  test.each(rows)('%s', async (_what, discover, initialize, expected, said) => {
    const found = await shake('probe', discover, initialize);
    const { handshake } = found;
    expect(handshake.kind === 'done' ? handshake.facts.era : handshake.kind).toBe(expected);
    expect(found.said.map((text) => /(?:server\/|notifications\/)?(\w+)/.exec(text)?.[1])).toEqual(said);
  });

  test('that refuses the revision once and names it is asked for it once more', async () => {
    const refusal = error(-32022, { supported: ['2026-07-28'] });
    const { handshake, said } = await shake('probe', refusal, GONE, DISCOVERED);
    expect(handshake).toMatchObject({ facts: { era: 'modern' } });
    expect(said).toEqual(['server/discover 10', 'server/discover 10']);
  });

  test('gets the short time for the probe and the whole for the rest', async () => {
    const { said } = await shake('probe', error(-32601), INITIALIZED);
    expect(said).toEqual(['server/discover 10', 'initialize 60', '(notifications/initialized)']);
  });

  test('is told apart: a loss on the probe is worth another start, one in initialize is not', async () => {
    expect((await shake('probe', SILENT, INITIALIZED)).handshake).toMatchObject({ probing: true });
    expect((await shake('probe', error(-32601), SILENT)).handshake).toMatchObject({ probing: false });
    expect((await shake('modern', SILENT, INITIALIZED)).handshake).toMatchObject({ probing: false });
  });
});

describe('a server whose era is known', () => {
  test('legacy: no probe', async () => {
    const { said } = await shake('legacy', GONE, INITIALIZED);
    expect(said).toEqual(['initialize 60', '(notifications/initialized)']);
  });

  test('modern: the whole time, and initialize if it is one no longer', async () => {
    const { said, handshake } = await shake('modern', error(-32601), INITIALIZED);
    expect(said).toEqual(['server/discover 60', 'initialize 60', '(notifications/initialized)']);
    expect(handshake).toMatchObject({ facts: { era: 'legacy' } });
  });

  test.each([error(-32022, { supported: ['2026-07-28'] }), error(-32601), error(-32022, {}, 400, true)])(
    'legacy, but it is a modern one by now: %j',
    async (refusal) => {
      const { handshake } = await shake('legacy', DISCOVERED, refusal);
      expect(handshake).toMatchObject({ facts: { era: 'modern' } });
    },
  );

  test('legacy, and neither works: the trouble with initialize is told', async () => {
    const { handshake } = await shake('legacy', error(-32601), error(-32603));
    expect(handshake).toMatchObject({
      kind: 'refused',
      detail: 'answered initialize with an error (-32603): no',
    });
  });
});

describe('what is said and kept', () => {
  test('initialize offers the newest legacy revision, with the capabilities that are given', async () => {
    const { params } = await shake('legacy', GONE, INITIALIZED);
    expect(params[0]).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: { roots: {} },
      clientInfo: { name: 'c', version: '1' },
    });
  });

  test('the result is kept whole, with what guard does not know', async () => {
    const { handshake } = await shake('legacy', GONE, INITIALIZED);
    expect(handshake).toMatchObject({
      facts: { revision: '2025-11-25', supportedVersions: ['2025-11-25'], result: { x: [1] } },
    });
    expect((await shake('probe', DISCOVERED, GONE)).handshake).toMatchObject({
      facts: { revision: '2026-07-28', supportedVersions: ['2026-07-28', '2025-11-25'] },
    });
  });

  test.each([['2031-01-01'], [undefined], [7]])(
    'an initialize result with revision %j is refused',
    async (version) => {
      const answer = result(version === undefined ? {} : { protocolVersion: version });
      const { handshake, said } = await shake('legacy', error(-32601), answer);
      expect(handshake.kind).toBe('refused');
      expect(said).not.toContain('(notifications/initialized)');
    },
  );
});

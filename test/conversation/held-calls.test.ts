import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPROVAL_ROUND_MS, APPROVAL_ROUNDS_MAX } from '../../src/platform/bounds.js';
import { allow, ask, deny, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { approvalAnswer } from '../support/approval-requests.js';
import { approvalDoor, ASKING, type ApprovalDoor } from '../support/approval-door.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import type { Wire } from '../support/spawned.js';

let person: MemoryChannel;
let door: ApprovalDoor;

beforeEach(() => {
  vi.useFakeTimers();
  person = createMemoryChannel();
  door = approvalDoor(PATIENT, { channels: [person] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Asks about writing, with an hour to answer. */
const PATIENT = [
  layer([{ ...ask({ tool: 'write*' }), approval: { timeout: '1h' } }], {
    policy: { unlisted_tools: 'allow' },
  }),
];

function write(id: number | string, more: Wire = {}): Wire {
  return { id, method: 'tools/call', params: { name: 'write_file', arguments: { path: '/a' }, ...more } };
}

function cancel(requestId: number | string, reason?: string): Wire {
  return {
    method: 'notifications/cancelled',
    params: { requestId, ...(reason === undefined ? {} : { reason }) },
  };
}

/** The one person answers the oldest open request. */
function answer(decision: 'approved' | 'denied'): void {
  const [request] = person.shown.values();
  if (request === undefined) throw new Error('nothing is asked');
  person.answer(approvalAnswer(request, decision));
}

/** What was told of an id: `reason` of an error, or `result`. */
function answersTo(id: number | string): string[] {
  return door.toClient
    .filter((message) => message.id === id && message.method === undefined)
    .map(({ error }) =>
      error === undefined ? 'result' : ((error.data?.['reason'] as string | undefined) ?? error.message),
    );
}

function waited(ms: number): void {
  vi.advanceTimersByTime(ms);
}

describe('a held call', () => {
  test('is forwarded as its own bytes once a person approves, and delays nothing meanwhile', () => {
    verifies('approval:hold:bytes');
    const line =
      '{"jsonrpc":"2.0", "id":1,\t"method":"tools/call","params":{"arguments":{"n":1.0, "big":12345678901234567890},"name":"write_file"}}';
    door.client(
      line,
      { id: 2, method: 'tools/call', params: { name: 'read_file' } },
      { id: 3, method: 'ping' },
    );
    expect(door.toServer.map(({ id }) => id)).toEqual([2, 3]);
    expect(door.toClient).toEqual([]);
    answer('approved');
    expect(door.serverLines.at(-1)).toBe(line);
    expect(door.decisions.map(({ rpc_id: id, decision }) => `${id} ${decision}`)).toEqual([
      '1 require_approval',
      '2 allow',
      '3 relay',
      '1 allow',
    ]);
    door.server({ id: 1, result: {} });
    expect(answersTo(1)).toEqual(['result']);
  });

  test('is answered with the denial where the person denies, or nobody answers', () => {
    door.client(write(1));
    answer('denied');
    expect(answersTo(1)).toEqual(['approval_denied']);
    door.client(write(2, { _meta: { progressToken: 't' } }));
    door.reload(ASKING);
    door.client(write(3));
    waited(44_000);
    expect(answersTo(3)).toEqual([]);
    expect(door.toServer).toEqual([]);
  });

  test('does not happen when the log cannot be written, neither the question nor the call', () => {
    verifies('approval:hold:recorded');
    door.recorded = false;
    door.client(write(1));
    expect([person.shown.size, answersTo(1)]).toEqual([0, ['audit_unavailable']]);
    door.recorded = true;
    door.client(write(1));
    door.recorded = false;
    answer('approved');
    expect(door.toServer).toEqual([]);
    expect(answersTo(1)).toEqual(['audit_unavailable', 'audit_unavailable']);
    // The id is free, and the answer was used up.
    door.recorded = true;
    door.client(write(1));
    expect([door.toServer.length, person.shown.size]).toEqual([0, 1]);
  });

  test('keeps its id: a second request with it is refused, in another read and in the same one', () => {
    verifies('approval:hold:id-in-use');
    door.client(write(1), write(1, { arguments: { path: '/b' } }));
    door.client({ id: 1, method: 'ping' }, { id: '1', method: 'ping' });
    expect(door.toClient.map(({ id, error }) => `${id} ${String(error?.data?.['reason'])}`)).toEqual([
      'null id-in-use',
      'null id-in-use',
    ]);
    expect(person.shown.size).toBe(1);
    answer('approved');
    expect(door.toServer.map(({ id }) => id)).toEqual(['1', 1]);
  });

  test('cannot be answered by the server, which never saw it', () => {
    verifies('approval:hold:server-answer');
    door.client(write(1));
    door.server(
      { id: 1, result: { content: [] } },
      '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}',
    );
    expect(door.toClient).toEqual([]);
    answer('approved');
    door.server({ id: 1, result: {} });
    expect(answersTo(1)).toEqual(['result']);
  });

  test('is ruled on again with what holds now: another policy, another definition', () => {
    verifies('approval:desk:stale');
    door.client(write(1));
    door.reload([
      layer([deny({ tool: 'write*' })], { policy: { unlisted_tools: 'allow', hide_denied: false } }),
    ]);
    answer('approved');
    expect(answersTo(1)).toEqual(['policy_denied']);
    door.reload(PATIENT);
    door.client(write(2));
    listTools('writes');
    answer('approved');
    // Asked again: the list came after the question.
    expect([answersTo(2), person.shown.size]).toEqual([[], 1]);
    answer('approved');
    expect(door.toServer.at(-1)?.id).toBe(2);
    door.client(write(3));
    door.reload([layer([allow({})], { policy: { unlisted_tools: 'allow' } })]);
    answer('denied');
    expect(door.toServer.at(-1)?.id).toBe(3);
  });
});

function listTools(description: string): void {
  door.client({ id: 'list', method: 'tools/list' });
  door.server({ id: 'list', result: { tools: [{ name: 'write_file', description, inputSchema: {} }] } });
}

describe('a call that is taken back', () => {
  test('is never forwarded, and the server hears nothing of it', () => {
    verifies('approval:hold:cancelled');
    door.client(write(1));
    door.client(cancel(1, 'the user pressed escape'));
    expect(person.shown.size).toBe(0);
    expect([...person.ends.values()]).toMatchObject([{ state: 'withdrawn' }]);
    waited(3_600_000);
    expect([door.toServer, door.toClient]).toEqual([[], []]);
    // Its id is free again.
    door.client({ id: 1, method: 'ping' });
    expect(door.toServer.map(({ method }) => method)).toEqual(['ping']);
  });

  test('in the read that brought it is taken back just so', () => {
    door.client(write(1), cancel(1, 'never mind'), { id: 2, method: 'ping' });
    expect(person.shown.size).toBe(0);
    expect(door.toServer.map(({ method }) => method)).toEqual(['ping']);
  });

  test('by time-out stays open for the identical call', () => {
    verifies('approval:desk:retry');
    door.client(write(1, { _meta: { progressToken: 1 } }));
    waited(50_000);
    door.client(cancel(1, 'McpError: MCP error -32001: Request timed out'));
    expect(person.shown.size).toBe(1);
    answer('approved');
    expect(door.toServer).toEqual([]);
    // Its id and its progress token are those of another attempt; the rest is the same.
    door.client(write(2, { _meta: { progressToken: 2 } }));
    expect(door.toServer.map(({ id }) => id)).toEqual([2]);
    door.client(write(3));
    expect([door.toServer.length, person.shown.size]).toEqual([1, 1]);
  });

  test('has its outcome in the log', () => {
    door.client(write(1));
    door.client(cancel(1));
    expect(door.records.map((record) => ('result' in record ? record.result : 'decision'))).toEqual([
      'decision',
      'cancelled',
    ]);
  });

  test('with the end of the session is answered exactly once, and a late answer releases nothing', () => {
    verifies('approval:hold:session-end');
    door.client(write(1), write(2), { id: 3, method: 'ping' });
    const requests = [...person.shown.values()];
    door.lane.stopHolding('the session is over');
    expect(person.shown.size).toBe(0);
    for (const request of requests) person.answer(approvalAnswer(request, 'approved'));
    door.serverLane.abandon('the server exited');
    door.serverLane.abandon('the server exited');
    waited(3_600_000);
    expect(door.toClient.map(({ id, error }) => [id, error !== undefined])).toEqual([
      [3, true],
      [1, true],
      [2, true],
    ]);
    expect(door.toServer.map(({ method }) => method)).toEqual(['ping']);
  });
});

describe('a client that cannot wait for ever', () => {
  test('is shown progress, until its time is over and it is told to come again', () => {
    verifies('approval:hold:progress');
    door.client(write(1, { _meta: { progressToken: 'p' } }), write(2));
    waited(20_000);
    const shown = door.toClient.filter(({ method }) => method === 'notifications/progress');
    expect(shown.map(({ params }) => (params as Wire)['progress'])).toEqual([
      0.000001, 0.000002, 0.000003, 0.000004,
    ]);
    expect(shown[0]?.params).toMatchObject({ progressToken: 'p' });
    // Without a token: 45 s.
    waited(24_999);
    expect(answersTo(2)).toEqual([]);
    waited(1);
    expect(answersTo(2)).toEqual(['approval_pending']);
    waited(9_999);
    expect(answersTo(1)).toEqual([]);
    waited(1);
    expect(answersTo(1)).toEqual(['approval_pending']);
    const told = door.toClient.length;
    waited(60_000);
    expect(door.toClient).toHaveLength(told);
    // The question stays, one of two identical ones; the answer is for whoever asks again.
    expect(person.shown.size).toBe(1);
    answer('approved');
    door.client(write(4));
    expect(door.toServer.map(({ id }) => id)).toEqual([4]);
  });

  test('stops being shown progress when its call goes on', () => {
    door.client(write(1, { _meta: { progressToken: 'p' } }));
    waited(5000);
    answer('approved');
    waited(60_000);
    expect(door.toClient).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a client of the modern era', () => {
  test('waits in rounds of 45 s, nine of them, and is then told to come again', () => {
    verifies('approval:rounds:bounded');
    door.client(modern(1));
    for (let round = 1; round <= APPROVAL_ROUNDS_MAX; round += 1) {
      waited(APPROVAL_ROUND_MS - 1);
      expect(answersTo(round)).toEqual([]);
      waited(1);
      expect(door.toClient.at(-1)).toMatchObject({ id: round, result: { resultType: 'input_required' } });
      expect(door.toClient.at(-1)?.result).not.toHaveProperty('inputRequests');
      door.client(modern(round + 1, { requestState: lastState() }));
      expect(person.shown.size).toBe(1);
    }
    waited(APPROVAL_ROUND_MS);
    expect(answersTo(APPROVAL_ROUNDS_MAX + 1)).toEqual(['approval_pending']);
    answer('approved');
    door.client(modern(50));
    expect(door.toServer.map(({ id }) => id)).toEqual([50]);
  });

  test('has guard’s own part taken out before its call is forwarded', () => {
    verifies('approval:rounds:stripped');
    door.client(modern(1));
    waited(APPROVAL_ROUND_MS);
    const state = lastState();
    answer('approved');
    const meta =
      JSON.stringify(modern(2).params)
        .match(/"_meta":.*\}$/)?.[0]
        .slice(0, -1) ?? '';
    door.client(
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{ "name":"write_file", "requestState":"${state}",` +
        `"arguments":{"path":"/a"} ,"inputResponses":{"approval":{"action":"accept"}},${meta}} }`,
    );
    expect(door.serverLines).toEqual([
      `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{ "name":"write_file", "arguments":{"path":"/a"} ,${meta}} }`,
    ]);
  });

  test('cannot make a state up, change one, or take one along to another call', () => {
    verifies('approval:rounds:forged');
    door.client(modern(1));
    waited(APPROVAL_ROUND_MS);
    const state = lastState();
    const [mark, text = '', mac] = state.split('.');
    const edited = Buffer.from(text, 'base64url').toString().replace('"round":1', '"round":0');
    for (const [id, forged] of [
      [2, `${mark}.${Buffer.from(edited).toString('base64url')}.${mac}`],
      [3, `${mark}.${text}.${'A'.repeat(43)}`],
      [4, 'guard.'],
    ] as const) {
      door.client(modern(id, { requestState: forged }));
      expect(answersTo(id)).toEqual(['bad-params']);
    }
    answer('approved');
    door.client(modern(5, { requestState: state, arguments: { path: '/b' } }));
    expect(door.toServer).toEqual([]);
    expect(person.shown.size).toBe(1);
  });

  test('keeps the state of the server, and what it answers to the server', () => {
    verifies('approval:rounds:server-state');
    const more = { requestState: 'of the server', inputResponses: { name: { action: 'accept' } } };
    door.client(modern(1, more));
    waited(30_000);
    answer('approved');
    expect(door.toServer).toMatchObject([{ id: 1, params: more }]);
    // Rounds would have to put guard's state in the place of the server's.
    door.client(modern(2, more));
    waited(APPROVAL_ROUND_MS);
    expect(answersTo(2)).toEqual(['approval_pending']);
  });
});

function modern(id: number, more: Wire = {}, capabilities: Wire = {}): Wire {
  return write(id, {
    ...more,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    },
  });
}

function lastState(): string {
  return String(door.toClient.at(-1)?.result?.['requestState']);
}

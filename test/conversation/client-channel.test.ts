import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPROVAL_HUMAN_MS, APPROVAL_ROUNDS_MAX, CANCELLED_MAX } from '../../src/platform/bounds.js';
import type { JsonObject } from '../../src/platform/json.js';
import { ClientChannel } from '../../src/conversation/client-channel.js';
import { verifies } from '../requirements.js';
import { approvalAnswer, approvalRequest, endBy } from '../support/approval-requests.js';
import { approvalDoor, type ApprovalDoor } from '../support/approval-door.js';
import { heldTime } from '../support/held-time.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import type { Wire } from '../support/spawned.js';

let person: MemoryChannel;
let door: ApprovalDoor;

beforeEach(() => {
  vi.useFakeTimers();
  person = createMemoryChannel();
  door = approvalDoor(undefined, { channels: [person], inClient: true });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts a session of a client that shows forms, or does not, and lists a tool that destroys nothing. */
function connect(capabilities: JsonObject = { elicitation: {} }, destructiveHint = true): void {
  const clientInfo = { name: 'tester', version: '1' };
  door.client({ id: 'i', method: 'initialize', params: { capabilities, clientInfo } });
  door.server({ id: 'i', result: { protocolVersion: '2025-11-25' } });
  door.client({ id: 'l', method: 'tools/list' });
  const annotations = { readOnlyHint: false, destructiveHint };
  door.server({ id: 'l', result: { tools: [{ name: 'write_file', inputSchema: {}, annotations }] } });
  door.toClient.splice(0);
  door.toServer.splice(0);
}

const CALL: Wire = { method: 'tools/call', params: { name: 'write_file', arguments: { path: '/a' } } };

/** The dialog that guard shows in the client. */
function dialog(): Wire {
  const found = door.toClient.findLast(({ method }) => method === 'elicitation/create');
  if (found === undefined) throw new Error('nothing is asked in the client');
  return found;
}

/** The client answers the dialog after a time. */
function answer(result: JsonObject, afterMs = 5000): void {
  vi.advanceTimersByTime(afterMs);
  door.client({ id: dialog().id as string, result });
}

function state(): string {
  const forwarded = door.toServer.some(({ method }) => method === 'tools/call');
  const reason = door.toClient.find(({ id }) => id === 1)?.error?.data?.['reason'] as string | undefined;
  return forwarded ? 'forwarded' : (reason ?? `pending at ${person.shown.size}`);
}

describe('a form in the client', () => {
  const CHOICE = { action: 'accept', content: { decision: 'approve' } };

  test.each<[string, boolean, JsonObject, number, string]>([
    ['accept', false, { action: 'accept', content: {} }, 5000, 'forwarded'],
    ['accept without content', false, { action: 'accept' }, 5000, 'forwarded'],
    ['the choice to approve', true, CHOICE, 5000, 'forwarded'],
    [
      'the choice to deny',
      true,
      { action: 'accept', content: { decision: 'deny' } },
      5000,
      'approval_denied',
    ],
    ['no choice', true, { action: 'accept', content: {} }, 5000, 'pending at 1'],
    ['another choice', true, { action: 'accept', content: { decision: 'Approve' } }, 5000, 'pending at 1'],
    ['a decline that was thought about', true, { action: 'decline' }, APPROVAL_HUMAN_MS, 'approval_denied'],
    ['a decline at once', true, { action: 'decline' }, APPROVAL_HUMAN_MS - 1, 'pending at 1'],
    ['a cancel', false, { action: 'cancel' }, 5000, 'pending at 1'],
    ['garbage', false, { action: 'ACCEPT' }, 5000, 'pending at 1'],
    ['more garbage', false, { content: CHOICE }, 5000, 'pending at 1'],
  ])('%s (destructive: %s)', (_, destructive, result, afterMs, expected) => {
    verifies('approval:elicitation:answers');
    connect({ elicitation: {} }, destructive);
    door.client({ id: 1, ...CALL });
    answer(result, afterMs);
    expect(state()).toBe(expected);
    // The server hears of none of it.
    expect(door.toServer.filter(({ method }) => method !== 'tools/call')).toEqual([]);
    if (!expected.startsWith('pending')) return;
    const [request] = person.shown.values();
    if (request === undefined) throw new Error('nothing is open');
    person.answer(approvalAnswer(request, 'approved'));
    expect(state()).toBe('forwarded');
  });

  test('an error is no answer', () => {
    connect();
    door.client({ id: 1, ...CALL });
    door.client({ id: dialog().id as string, error: { code: -32601, message: 'no' } });
    expect(state()).toBe('pending at 1');
  });

  test('shows the whole call and who asks, and one key is enough only where nothing is destroyed', () => {
    connect({ elicitation: { form: {} } }, false);
    door.client({ id: 1, ...CALL });
    const { message, requestedSchema, mode } = dialog().params as Record<string, JsonObject>;
    expect(message).toContain('the tool "write_file" of the server "files"');
    expect(message).toContain('"path": "/a"');
    expect([mode, requestedSchema]).toEqual(['form', { type: 'object', properties: {} }]);
  });

  test.each([{}, { elicitation: { url: {} } }])(
    'is not shown to a client that declares %j',
    (capabilities) => {
      connect(capabilities);
      door.client({ id: 1, ...CALL });
      expect(door.toClient).toEqual([]);
      expect(person.shown.size).toBe(1);
    },
  );

  test('is taken back when somebody else answers, and its late answer is heard by nobody', () => {
    connect();
    door.client({ id: 1, ...CALL });
    const { id } = dialog();
    const [request] = person.shown.values();
    if (request === undefined) throw new Error('nothing is open');
    person.answer(approvalAnswer(request, 'denied'));
    expect(door.toClient.at(-2)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: id },
    });
    door.client({ id: id as string, result: { action: 'accept', content: { decision: 'approve' } } });
    expect(state()).toBe('approval_denied');
    expect(door.toServer).toEqual([]);
    // A second answer is one to nothing.
    door.client({ id: id as string, result: {} });
    expect(door.toServer).toEqual([]);
  });

  test('is answered once: a second answer releases nothing', () => {
    connect();
    door.client({ id: 1, ...CALL });
    const { id } = dialog();
    answer({ action: 'cancel' });
    door.client({ id: id as string, result: { action: 'accept', content: { decision: 'approve' } } });
    expect(state()).toBe('pending at 1');
  });

  test('has an id that no server can use', () => {
    verifies('approval:elicitation:own-ids');
    connect();
    door.client({ id: 1, ...CALL });
    const { id } = dialog();
    const told = door.toClient.length;
    door.server({ id: id as string, method: 'elicitation/create', params: { message: 'hello' } });
    expect(door.toClient).toHaveLength(told);
    expect(door.toServer.at(-1)?.error?.message).toContain('id is still open');
  });
});

describe('a question of the server', () => {
  test('says whose it is, in both eras', () => {
    verifies('approval:elicitation:marked');
    connect();
    const message = 'guard: may the agent use the tool "x"?';
    door.server({ id: 's1', method: 'elicitation/create', params: { message, requestedSchema: {} } });
    const MARK = '[the server "files" asks] ';
    expect(door.toClient.at(-1)?.params).toEqual({ message: MARK + message, requestedSchema: {} });
    door.client({ id: 2, method: 'tools/call', params: { name: 'read_file' } });
    const question = { method: 'elicitation/create', params: { message } };
    door.server({ id: 2, result: { resultType: 'input_required', inputRequests: { q: question } } });
    expect(door.toClient.at(-1)?.result?.['inputRequests']).toEqual({
      q: { method: 'elicitation/create', params: { message: MARK + message } },
    });
  });
});

describe('a client of the modern era', () => {
  const accept = { approval: { action: 'accept', content: { decision: 'approve' } } };

  test('gets the question in the answer, and comes back with what its person said', () => {
    verifies('approval:rounds:question');
    call(1);
    expect(last()).toMatchObject({
      resultType: 'input_required',
      inputRequests: { approval: { method: 'elicitation/create', params: { mode: 'form' } } },
    });
    vi.advanceTimersByTime(5000);
    call(2, { requestState: last()['requestState'], inputResponses: accept });
    expect(door.toServer).toMatchObject([{ id: 2, params: { arguments: { path: '/a' } } }]);
    expect(Object.keys(door.toServer[0]?.params ?? {})).toEqual(['name', 'arguments', '_meta']);
  });

  test('cannot use one answer for two calls', () => {
    verifies('approval:rounds:replayed');
    call(1);
    const requestState = last()['requestState'];
    vi.advanceTimersByTime(5000);
    call(2, { requestState, inputResponses: accept });
    call(3, { requestState, inputResponses: accept });
    expect(door.toServer.map(({ id }) => id)).toEqual([2]);
    expect(last()).toMatchObject({ resultType: 'input_required', inputRequests: {} });
    // Its own question is on the screen now; the old answer is still one to another request.
    call(4, { requestState, inputResponses: accept });
    expect(door.toServer.map(({ id }) => id)).toEqual([2]);
  });

  test('cannot answer what it was not asked, nor for another call', () => {
    call(1, { requestState: 'none', inputResponses: accept });
    vi.advanceTimersByTime(45_000);
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    call(2, { arguments: { path: '/b' }, _meta: meta });
    vi.advanceTimersByTime(45_000);
    const requestState = last()['requestState'];
    // The request is shown elsewhere only: this client shows no forms.
    call(3, { arguments: { path: '/b' }, _meta: meta, requestState, inputResponses: accept });
    call(4, { arguments: { path: '/c' }, requestState, inputResponses: accept });
    expect(door.toServer).toEqual([]);
  });

  test('that says nothing is asked again a few times, and then waits', () => {
    call(1);
    let rounds = 1;
    for (; last()['inputRequests'] !== undefined && rounds < 50; rounds += 1) {
      call(rounds + 1, { requestState: last()['requestState'] });
      if (door.toClient.at(-1)?.id !== rounds + 1) break;
    }
    expect(rounds).toBe(APPROVAL_ROUNDS_MAX);
  });

  test('whose person is not there is not asked again, and waits in rounds', () => {
    call(1);
    call(2, { requestState: last()['requestState'], inputResponses: { approval: { action: 'decline' } } });
    expect(door.toClient.at(-1)?.id).toBe(1);
    vi.advanceTimersByTime(45_000);
    expect(last()).not.toHaveProperty('inputRequests');
    expect([door.toClient.at(-1)?.id, person.shown.size]).toEqual([2, 1]);
  });
});

test('arguments that do not fit into a dialog are asked about elsewhere', async () => {
  connect();
  door.client({
    id: 1,
    method: 'tools/call',
    params: { name: 'write_file', arguments: { text: 'x'.repeat(3000) } },
  });
  await Promise.resolve();
  expect(door.toClient).toEqual([]);
  expect(person.shown.size).toBe(1);
});

test('the ids of dialogs that were taken back are kept within a bound', () => {
  verifies('approval:elicitation:bound');
  const { clock } = heldTime();
  const channel = new ClientChannel({ clock, idPrefix: 'g' });
  channel.connect({ send: () => undefined, asksByRequest: () => true, clientName: () => undefined });
  const events = { answer: () => ({ kind: 'accepted' }) as const, undelivered: () => undefined };
  for (let count = 1; count <= CANCELLED_MAX + 1; count += 1) {
    const request = approvalRequest(count);
    channel.open(request, events).close(endBy(approvalAnswer(request, 'denied')));
  }
  expect([channel.owns('g-1'), channel.owns('g-2'), channel.owns(`g-${CANCELLED_MAX + 1}`)]).toEqual([
    false,
    true,
    true,
  ]);
});

/** What the client was told last. */
function last(): Wire {
  return door.toClient.at(-1)?.result ?? {};
}

/** The params of a modern call whose client shows forms. */
function params(more: Wire = {}): Wire {
  return {
    name: 'write_file',
    arguments: { path: '/a' },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
    },
    ...more,
  };
}

function call(id: number, more: Wire = {}): void {
  door.client({ id, method: 'tools/call', params: params(more) });
}

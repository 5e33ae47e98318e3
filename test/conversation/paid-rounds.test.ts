import { expect, test } from 'vitest';
import { continuedState, PaidRounds } from '../../src/conversation/paid-rounds.js';
import type { Charge } from '../../src/pipeline/ruling.js';
import { PAID_ROUND_MS_MAX, PAID_ROUNDS_MAX } from '../../src/platform/bounds.js';
import { decimalText } from '../../src/platform/decimal.js';
import type { RuleSource } from '../../src/policy/source.js';
import { layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { type ApprovalDoor, approvalDoor } from '../support/approval-door.js';
import type { Wire } from '../support/spawned.js';

verifies('limits:round:once');

const MODERN = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const FEW: RuleSource = {
  name: 'few',
  match: { tool: 'pay' },
  action: 'rate_limit',
  limits: { max_calls: 2, window: '1h', refund_on_error: true },
};

function door(rule: RuleSource = FEW, mode: 'enforce' | 'observe' = 'enforce'): ApprovalDoor {
  return approvalDoor([layer([rule], { policy: { unlisted_tools: 'allow' }, mode })]);
}

function pay(id: number, more: object = {}, input: object = { to: 'ada' }): Wire {
  const params = { name: 'pay', arguments: input, ...more, _meta: { ...MODERN, progressToken: id } };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}

const QUESTION = { r: { method: 'roots/list' } };
const ANSWER = { inputResponses: { r: { roots: [] } } };

function asks(id: number, requestState?: unknown): Wire {
  return {
    jsonrpc: '2.0',
    id,
    result: { resultType: 'input_required', inputRequests: QUESTION, requestState },
  };
}

function answers(id: number, isError = false): Wire {
  return { jsonrpc: '2.0', id, result: { resultType: 'complete', content: [], isError } };
}

function used({ counted }: ApprovalDoor): string {
  const [pot] = counted.ledger.pots(counted.nowMs);
  return pot === undefined ? '0' : `${decimalText(pot.used)}, ${decimalText(pot.ambiguous)} open`;
}

test('a call with questions costs as much as one without, however many rounds it takes', () => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's1'));
  one.client(pay(2, { ...ANSWER, requestState: 's1' }));
  one.server(asks(2, 's2'));
  one.client(pay(3, { ...ANSWER, requestState: 's2' }));
  expect(used(one)).toBe('1, 1 open');
  one.server(answers(3));
  expect(used(one)).toBe('1, 0 open');
  expect(one.toServer.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(one.decisions.filter(({ tool }) => tool === 'pay').map(({ limits }) => limits)).toEqual([
    [{ pot: 'user/few', amount: '1', currency: null }],
    [{ pot: 'user/few', amount: '1', currency: null, continued: true }],
    [{ pot: 'user/few', amount: '1', currency: null, continued: true }],
  ]);
});

test('a retry passes though the pot is empty by now, and an error at its end gives back the one draw', () => {
  const one = door();
  one.client(pay(1), pay(2, {}, { to: 'bob' }));
  one.server(asks(1, 's'), answers(2));
  expect(used(one)).toBe('2, 1 open');
  one.client(pay(3, { ...ANSWER, requestState: 's' }));
  one.server(answers(3, true));
  expect(used(one)).toBe('1, 0 open');
});

test.each<[string, Wire]>([
  ['other arguments', pay(3, { ...ANSWER, requestState: 's' }, { to: 'eve' })],
  ['another state', pay(3, { ...ANSWER, requestState: 't' })],
  ['no state', pay(3, ANSWER)],
  ['a state that is no text', pay(3, { ...ANSWER, requestState: 1 })],
  ['a further parameter', pay(3, { ...ANSWER, requestState: 's', task: {} })],
  ['nothing that continues it', pay(3)],
])('%s: a call of its own', (_what, retry) => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's'));
  one.client(retry);
  expect(used(one)).toBe('2, 2 open');
});

test('a claim to continue what the server never interrupted is counted', () => {
  const one = door();
  one.client(pay(1, { ...ANSWER, requestState: 's' }));
  one.server(answers(1));
  expect(used(one)).toBe('1, 0 open');
});

test('a round is continued once; whoever comes back with it again is counted', () => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's'));
  const retry = { ...ANSWER, requestState: 's' };
  one.client(pay(2, retry), pay(3, retry), pay(4, retry));
  expect(used(one)).toBe('2, 2 open');
  expect(one.toServer.map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('without a state the answers alone continue it, in any order of the arguments', () => {
  const one = door();
  one.client(pay(1, {}, { a: 1, b: 2 }));
  one.server(asks(1));
  one.client(pay(2, ANSWER, { b: 2, a: 1 }));
  expect(used(one)).toBe('1, 1 open');
});

test('a changed limit counts it anew', () => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's'));
  one.reload([
    layer([{ ...FEW, limits: { max_calls: 5, window: '1h' } }], { policy: { unlisted_tools: 'allow' } }),
  ]);
  one.client(pay(2, { ...ANSWER, requestState: 's' }));
  expect(one.counted.ledger.pots(one.counted.nowMs)).toHaveLength(2);
});

test('a retry that could not be recorded may come again', () => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's'));
  one.recorded = false;
  one.client(pay(2, { ...ANSWER, requestState: 's' }));
  one.recorded = true;
  expect(used(one)).toBe('1, 1 open');
  one.client(pay(3, { ...ANSWER, requestState: 's' }));
  expect(used(one)).toBe('1, 1 open');
  expect(one.toServer.map(({ id }) => id)).toEqual([1, 3]);
});

test('a call whose question is denied has drawn: its server has worked on it', () => {
  const rules: RuleSource[] = [{ name: 'no', match: { method: 'roots/list' }, action: 'deny' }, FEW];
  const one = approvalDoor([layer(rules, { policy: { unlisted_tools: 'allow' } })]);
  one.client(pay(1));
  one.server(asks(1, 's'));
  expect(used(one)).toBe('1, 0 open');
});

test('what layers only observe is counted once as well', () => {
  const one = door(FEW, 'observe');
  one.client(pay(1));
  one.server(asks(1, 's'));
  one.client(pay(2, { ...ANSWER, requestState: 's' }));
  one.server(answers(2));
  expect(used(one)).toBe('1, 0 open');
});

const charge = (name: string): Charge => ({ kept: [name], refundable: [], draws: [] });

test('rounds that nobody continues stay charged: at the end of the session, in time, and beyond the bound', () => {
  const one = door();
  one.client(pay(1));
  one.server(asks(1, 's'));
  one.serverLane.abandon('over');
  expect(used(one)).toBe('1, 0 open');

  let nowMs = 0;
  const settled: string[] = [];
  const rounds = new PaidRounds(
    ({ kept }) => void settled.push(...kept),
    () => nowMs,
  );
  rounds.keep('a', charge('old'));
  rounds.keep('a', charge('new'));
  expect(settled).toEqual(['old']);
  nowMs = PAID_ROUND_MS_MAX;
  expect(rounds.find('a')).toBeUndefined();
  expect(settled).toEqual(['old', 'new']);
  for (let count = 0; count <= PAID_ROUNDS_MAX; count += 1) rounds.keep(`${count}`, charge(`${count}`));
  expect(settled).toEqual(['old', 'new', '0']);
});

test('what is no object of answers continues nothing', () => {
  expect(continuedState(undefined)).toBeNull();
  expect(continuedState({ inputResponses: [] })).toBeNull();
  expect(continuedState({ inputResponses: {} })).toEqual({ state: undefined });
  expect(continuedState({ requestState: 's' })).toEqual({ state: 's' });
});

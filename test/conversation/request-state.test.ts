import { expect, test } from 'vitest';
import { RequestStates, type RoundState } from '../../src/conversation/request-state.js';
import { verifies } from '../requirements.js';

const STATE: RoundState = { approvalId: 'apr_00000000000000000001', round: 3 };
const states = new RequestStates(Buffer.alloc(32, 1));

test('what guard wrote is read, by the same process only', () => {
  const requestState = states.write(STATE);
  expect(states.read({ requestState })).toEqual(STATE);
  expect(new RequestStates(Buffer.alloc(32, 2)).read({ requestState })).toBeNull();
});

test('it holds nothing that could answer a request', () => {
  const text = states.write(STATE).split('.')[1] ?? '';
  expect(Object.keys(JSON.parse(Buffer.from(text, 'base64url').toString()) as object)).toEqual(
    Object.keys(STATE),
  );
});

test('a change of any character is seen', () => {
  verifies('approval:rounds:forged');
  const requestState = states.write(STATE);
  for (let at = 'guard.'.length; at < requestState.length; at += 1) {
    const other = requestState[at] === 'A' ? 'B' : 'A';
    const changed = requestState.slice(0, at) + other + requestState.slice(at + 1);
    expect([changed, states.read({ requestState: changed })]).toEqual([changed, null]);
  }
});

test.each(['guard.', 'guard..', 'guard.e30', 'guard.e30.', 'guard.e30.é', `guard.${'x'.repeat(10_000)}`])(
  '%.20s was made by nobody',
  (requestState) => {
    expect(states.read({ requestState })).toBeNull();
  },
);

test.each([
  undefined,
  {},
  { requestState: 7 },
  { requestState: '' },
  { requestState: 'of the server' },
  { requestState: null },
])('%j is none of guard’s', (params) => {
  expect(states.read(params)).toBeUndefined();
});

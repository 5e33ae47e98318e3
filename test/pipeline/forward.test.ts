import { expect, test } from 'vitest';
import { deny, layer } from '../policy/support.js';
import { laneWith } from './lane.js';

const POLICY = [layer([deny({ tool: 'delete_*' })])];

function request(id: number, method: string, params: object = {}): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}

/** One read with a call that is allowed, one that is denied, a request that is not judged, and a refused line. */
const READ = Buffer.from(
  [
    request(1, 'tools/call', { name: 'read_file' }),
    request(2, 'tools/call', { name: 'delete_file' }),
    request(3, 'ping'),
    '[]\n',
  ].join(''),
);

test('records are written before anything leaves, and nothing denied leaves', () => {
  const { lane, steps } = laneWith(POLICY, { recorded: true, auditRequired: true });
  lane.receive(READ);
  expect(steps).toEqual([
    'stage',
    'stage',
    'stage',
    'refusal',
    'outcome',
    'commit',
    '> 1 tools/call',
    '> 3 ping',
    '< 2 policy_denied',
    '< - batch',
  ]);
});

test('without a record there is no call', () => {
  const { lane, steps } = laneWith(POLICY, { recorded: false, auditRequired: true });
  lane.receive(READ);
  expect(steps.slice(steps.indexOf('commit') + 1)).toEqual([
    '> 3 ping',
    '< 2 policy_denied',
    '< - batch',
    '< 1 audit_unavailable',
  ]);
  // The id is free again.
  lane.receive(Buffer.from(request(1, 'ping')));
  expect(steps.at(-1)).toBe('> 1 ping');
});

test('unless config says that a failing log may let calls pass', () => {
  const { lane, steps } = laneWith(POLICY, { recorded: false, auditRequired: false });
  lane.receive(READ);
  expect(steps).toContain('> 1 tools/call');
});

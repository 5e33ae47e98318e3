import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { AuditTrail } from '../../src/audit/trail.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import { ClientLane } from '../../src/relay/client-lane.js';
import { Conversation } from '../../src/relay/conversation.js';
import { Outlet } from '../../src/relay/outlet.js';
import { compiled, deny, layer } from '../policy/support.js';
import { trailInMemory } from './support.js';

/** A client lane whose every step is noted: `>` to the server, `<` to the client. */
function laneWith(options: { recorded: boolean; auditRequired: boolean }): {
  readonly lane: ClientLane;
  readonly steps: string[];
} {
  const steps: string[] = [];
  const policy = compiled([layer([deny({ tool: 'delete_*' })])]);
  const trail: AuditTrail = {
    ...trailInMemory(steps),
    commit() {
      steps.push('commit');
      return options.recorded;
    },
  };
  const outlet = (mark: string): Outlet => {
    const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
      for (const line of chunk.toString('utf8').trimEnd().split('\n')) steps.push(`${mark} ${brief(line)}`);
      done();
    };
    return new Outlet(new Writable({ write }), () => undefined);
  };
  const conversation = new Conversation({
    parties: { server: 'files', agent: undefined, session: undefined },
    trail,
    pipeline: composePipeline({ policyInForce: () => policy, trail }),
    policyInForce: () => policy,
    clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => 0 },
    diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
    denialStyle: 'error',
    auditRequired: options.auditRequired,
    writer: 'w',
  });
  return { lane: new ClientLane(conversation, outlet('>'), outlet('<'), 1000), steps };
}

function brief(line: string): string {
  const { id, method, error } = JSON.parse(line) as {
    id?: number;
    method?: string;
    error?: { data: { reason: string } };
  };
  return `${id ?? '-'} ${method ?? error?.data.reason ?? ''}`;
}

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
  const { lane, steps } = laneWith({ recorded: true, auditRequired: true });
  lane.receive(READ);
  expect(steps).toEqual([
    'stage',
    'stage',
    'outcome',
    'stage',
    'refusal',
    'commit',
    '> 1 tools/call',
    '> 3 ping',
    '< 2 policy_denied',
    '< - batch',
  ]);
});

test('without a record there is no call', () => {
  const { lane, steps } = laneWith({ recorded: false, auditRequired: true });
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
  const { lane, steps } = laneWith({ recorded: false, auditRequired: false });
  lane.receive(READ);
  expect(steps).toContain('> 1 tools/call');
});

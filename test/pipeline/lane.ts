import { Writable } from 'node:stream';
import type { AuditTrail } from '../../src/audit/trail.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { ClientLane } from '../../src/conversation/client-lane.js';
import { Conversation } from '../../src/conversation/conversation.js';
import { Outlet } from '../../src/conversation/outlet.js';
import { compiled } from '../policy/support.js';
import { trailInMemory } from './support.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';

export interface TestLane {
  readonly lane: ClientLane;
  readonly conversation: Conversation;
  /** What happened in order: `stage`, `commit`, then `> id method` to the server, `< id reason` to the client. */
  readonly steps: string[];
  /** The bytes that reached the server. */
  readonly forwarded: () => Buffer;
}

export interface LaneOptions {
  /** Whether the log can be written. */
  readonly recorded?: boolean;
  readonly auditRequired?: boolean;
  readonly frameBytesMax?: number;
  readonly approvals?: ReturnType<typeof asking>;
}

/** A client lane with real policy and everything else in memory; its clock stands still. */
export function laneWith(layers: readonly LayerSource[], options: LaneOptions = {}): TestLane {
  const { recorded = true, auditRequired = true, frameBytesMax = 1024 * 1024 } = options;
  const steps: string[] = [];
  const toServer: Buffer[] = [];
  const policy = compiled(layers);
  const trail: AuditTrail = {
    ...trailInMemory(steps),
    commit() {
      steps.push('commit');
      return recorded;
    },
  };
  const approvals = options.approvals ?? asking();
  const conversation = new Conversation({
    parties: { server: 'files', agent: undefined, session: undefined },
    trail,
    pipeline: composePipeline({
      policyInForce: () => policy,
      trail,
      approvals: approvals.gate,
      limits: counting().gate,
      killSwitch: () => undefined,
    }),
    approvals: approvals.approvals,
    settleCharge: () => undefined,
    policyInForce: () => policy,
    clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => 0 },
    diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
    denialStyle: 'error',
    auditRequired,
    writer: 'w',
  });
  const server = outlet((chunk) => {
    toServer.push(Buffer.from(chunk));
    note(chunk, '>', steps);
  });
  const client = outlet((chunk) => note(chunk, '<', steps));
  const lane = new ClientLane(conversation, server, client, frameBytesMax);
  return { lane, conversation, steps, forwarded: () => Buffer.concat(toServer) };
}

function outlet(take: (chunk: Buffer) => void): Outlet {
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    take(chunk);
    done();
  };
  return new Outlet(new Writable({ write }), () => undefined);
}

function note(chunk: Buffer, mark: string, steps: string[]): void {
  for (const line of chunk.toString('utf8').trimEnd().split('\n')) {
    const { id, method, error } = JSON.parse(line) as {
      id?: number | string | null;
      method?: string;
      error?: { data: { reason: string } };
    };
    const shown = id === undefined || id === null ? '-' : JSON.stringify(id);
    steps.push(`${mark} ${shown} ${method ?? error?.data.reason ?? ''}`);
  }
}

import { Writable } from 'node:stream';
import type { AuditTrail } from '../../src/audit/trail.js';
import type { GovernedCall, Ruling } from '../../src/pipeline/ruling.js';
import type { Decision } from '../../src/policy/decision.js';
import { ClientLane } from '../../src/conversation/client-lane.js';
import { Conversation, type OpenRequest } from '../../src/conversation/conversation.js';
import { Outlet } from '../../src/conversation/outlet.js';
import { SERVER_IDS, TOOLS } from './grammar.js';
import type { Judged } from './models/seen.js';
import { asking } from '../support/asking.js';

/** What became of one attempt. */
export interface Passage {
  readonly forwarded: Buffer;
  /** The calls that were judged and let pass. */
  readonly judged: readonly Judged[];
  readonly denied: number;
  readonly refusals: readonly string[];
}

/** Something between a client and a server. */
export interface Door {
  send(bytes: Buffer): Passage;
}

const DECISION: Decision = {
  effect: 'allow',
  obligations: [],
  rule: { name: 'fuzz', layer: 'user', index: 0 },
  reason: 'default',
  feedback: undefined,
  uncertain: [],
  observed: undefined,
};

function ignore(): void {
  // Nobody listens.
}

class Memory extends Writable {
  chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  take(): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks);
    this.chunks = [];
    return all;
  }
}

/** Guard's own client lane, with everything around it in memory. Calls of delete_file are denied. */
export class GuardDoor implements Door {
  #server = new Memory();
  #client = new Memory();
  readonly #conversation: Conversation;
  #lane: ClientLane;
  #judged: Judged[] = [];
  #refusals: string[] = [];
  #denied = 0;
  #nowMs = 0;

  constructor() {
    this.#conversation = new Conversation({
      parties: { server: 'fuzzed', agent: undefined, session: undefined },
      trail: this.#trail(),
      pipeline: { stage: 'audit', rule: (call) => this.#rule(call) },
      approvals: asking().approvals,
      settleCharge: () => undefined,
      policyInForce: () => {
        throw new Error('the fuzzer has no policy');
      },
      clock: {
        timestamp: () => '',
        wallMs: () => 0,
        // Time flies, so that no refusal goes unanswered for its rate.
        monotonicMs: () => (this.#nowMs += 1000),
      },
      diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
      denialStyle: 'result',
      auditRequired: true,
      writer: 'fuzz',
    });
    this.#conversation.catalog.observePage(undefined, { tools: TOOLS.map((name) => ({ name })) });
    this.#lane = this.#newLane();
  }

  send(bytes: Buffer): Passage {
    const { fromServer, fromClient } = this.#conversation;
    for (const id of SERVER_IDS) if (!fromServer.has(id)) fromServer.add(id, OPEN);
    const half = bytes.length >> 1;
    this.#lane.receive(bytes.subarray(0, half));
    this.#lane.receive(bytes.subarray(half));
    if (bytes[bytes.length - 1] !== 0x0a) {
      this.#lane.end();
    }
    fromClient.drain();
    this.#client.take();
    const passage = {
      forwarded: this.#server.take(),
      judged: this.#judged,
      denied: this.#denied,
      refusals: this.#refusals,
    };
    this.#judged = [];
    this.#refusals = [];
    this.#denied = 0;
    // A stream that ended in the middle of a line is over.
    if (bytes[bytes.length - 1] !== 0x0a) this.#lane = this.#newLane();
    return passage;
  }

  #newLane(): ClientLane {
    this.#server = new Memory();
    this.#client = new Memory();
    return new ClientLane(
      this.#conversation,
      new Outlet(this.#server, ignore),
      new Outlet(this.#client, ignore),
      1024 * 1024,
    );
  }

  #rule(call: GovernedCall): Ruling {
    const { method, tool, uri, prompt, input } = call.subject;
    if (tool === 'delete_file') {
      this.#denied++;
      const denial = {
        reason: 'policy_denied',
        message: '',
        suggestion: '',
        rule: null,
        action: 'deny',
        retryAllowed: false,
        requestId: '',
      } as const;
      return { kind: 'deny', decision: DECISION, reason: denial.reason, denial };
    }
    this.#judged.push({ method, target: tool ?? prompt ?? uri, input });
    return { kind: 'forward', decision: DECISION };
  }

  #trail(): AuditTrail {
    return {
      logsArguments: false,
      logsResponses: false,
      identify: ignore,
      decision: ignore,
      outcome: ignore,
      refusal: ({ reason }) => void this.#refusals.push(reason),
      event: ignore,
      commit: () => true,
      commitSoon: ignore,
      close: ignore,
    };
  }
}

const OPEN: OpenRequest = {
  requestId: 'server',
  method: 'roots/list',
  tool: undefined,
  modern: false,
  startedMs: 0,
  cursor: undefined,
  origin: undefined,
  settled: true,
};

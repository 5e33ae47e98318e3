import type { AuditTrail } from '../audit/trail.js';
import type { OutcomeFields } from '../audit/encode.js';
import type { RecordResult } from '../audit/record.js';
import type { RpcId } from '../jsonrpc/message.js';
import { PendingRequests } from '../jsonrpc/pending.js';
import { Catalog } from '../mcp/catalog.js';
import type { DenialStyle } from '../mcp/denial.js';
import type { RequestTarget } from '../mcp/request-target.js';
import { DEFAULT_HINTS } from '../mcp/hints.js';
import { AUDIT_FIELD_CHARS_MAX } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { countText } from '../platform/count-text.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import type { JsonObject } from '../platform/json.js';
import type { Charge, Pipeline } from '../pipeline/ruling.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import type { Subject } from '../policy/subject.js';
import type { Approvals } from './approval-parts.js';
import { PaidRounds } from './paid-rounds.js';

/** A request that waits for its answer. */
export interface OpenRequest {
  readonly requestId: string;
  readonly method: string;
  readonly tool: string | undefined;
  /** Whether it carried the modern era's envelope. */
  readonly modern: boolean;
  readonly startedMs: number;
  /** The page that a tools/list asked for. */
  readonly cursor: string | undefined;
  /** Whether its end is already noted. */
  settled: boolean;
  /** Where it came from, where its message does not say it. */
  readonly origin: Origin | undefined;
  /** The W3C trace context that it came with, in its `_meta` or with its HTTP request. */
  readonly traceparent?: string | undefined;
  /** What it has drawn on limits and budgets. */
  charge?: Charge | undefined;
  /** Names it for a retry that continues it, where it has drawn anything. */
  callKey?: string | undefined;
  /** The round that it continues, where it was not counted again. */
  continues?: string | undefined;
}

/** Where a message came from, as records name it, at a door that gives messages ids of its own. */
export interface Origin {
  /** The client's own id; null for a notification. */
  readonly rpcId: RpcId | null;
  /** The X-Request-Id of the HTTP request. */
  readonly httpRequestId: string;
  /** Of the HTTP request, where it is valid. */
  readonly traceparent?: string | undefined;
  /** Beside it, for servers over HTTP. */
  readonly tracestate?: string | undefined;
}

/** Who talks with whom; the parts of every subject and record that one door fixes. */
export interface Parties {
  readonly server: string;
  readonly agent: string | undefined;
  readonly session: string | undefined;
  /** Of the token that came with the request at hand; left out at a door that verifies nobody. */
  readonly claims?: JsonObject | undefined;
  readonly scopes?: readonly string[] | undefined;
}

export interface ConversationOptions {
  readonly parties: Parties;
  readonly trail: AuditTrail;
  readonly pipeline: Pipeline;
  readonly approvals: Approvals;
  /** Settles what a call drew when it is over. */
  readonly settleCharge: (charge: Charge, result: RecordResult) => void;
  readonly policyInForce: () => CompiledPolicy;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly denialStyle: DenialStyle;
  /** Whether a call whose record cannot be written is denied. */
  readonly auditRequired: boolean;
  /** Prefix of the ids that join records. */
  readonly writer: string;
  /** Told of each list of tools that went by. */
  readonly onToolList?: (catalog: Catalog) => void;
  /** The server's tools as other conversations with it know them; its own without. */
  readonly catalog?: Catalog;
}

/** The state of one client talking with one server through guard. Both lanes share it. */
export class Conversation {
  readonly options: ConversationOptions;
  /** The client's requests that the server has to answer. */
  readonly fromClient = new PendingRequests<OpenRequest>();
  /** The server's requests that the client has to answer. */
  readonly fromServer = new PendingRequests<OpenRequest>();
  /** The server's tools; one for all conversations with that server. */
  readonly catalog: Catalog;
  /** Calls whose servers asked for input. */
  readonly paidRounds: PaidRounds;
  /** Where the message at hand came from; set by the door while it hands one in. */
  origin: Origin | undefined;
  client: string | undefined;
  /** Whether the client said in `initialize` that it shows forms. */
  elicitsForms = false;
  #era: string | undefined;
  #requests = 0;
  #ended: EndedRequest[] = [];

  constructor(options: ConversationOptions) {
    this.options = options;
    this.catalog = options.catalog ?? new Catalog();
    this.paidRounds = new PaidRounds(
      (charge) => options.settleCharge(charge, 'input-required'),
      () => options.clock.monotonicMs(),
    );
  }

  nextRequestId(): string {
    this.#requests += 1;
    return `${this.options.writer}-${countText(this.#requests)}`;
  }

  /** The client's name, once it is known; records carry it from then on. */
  nameClient(name: string | undefined): void {
    if (name === undefined || name === this.client) return;
    this.client = name.slice(0, AUDIT_FIELD_CHARS_MAX);
    this.options.trail.identify({ client: this.client });
  }

  /** The protocol revision, once the server's answers show it; records carry it from then on. */
  nameEra(revision: string | undefined): void {
    if (revision === undefined || revision === this.#era) return;
    this.#era = revision;
    this.options.trail.identify({ era: revision });
  }

  /** What policy looks at for a request with this target. */
  subject(method: string, knownMethod: boolean, target: RequestTarget): Subject {
    const { server, agent, session, claims, scopes } = this.options.parties;
    const { tool, uri, prompt, input } = target;
    return {
      method,
      knownMethod,
      server,
      agent,
      client: this.client,
      session,
      claims,
      scopes,
      tool,
      uri,
      prompt,
      standing: tool === undefined ? 'unknown' : this.catalog.standing(tool),
      hints: tool === undefined ? DEFAULT_HINTS : this.catalog.hints(tool),
      input,
    };
  }

  /** Notes how a request ended; only the first end counts. `recordEnds` writes it down. */
  settle(
    request: OpenRequest,
    result: RecordResult,
    size: number,
    more: Pick<OutcomeFields, 'error_code' | 'response'> = {},
  ): void {
    if (request.settled) return;
    request.settled = true;
    // What was drawn stays drawn: noting so need not hold up the answer. What is given back or proven must be there before it.
    const { charge } = request;
    const canWait = result === 'ok' && charge?.proof === undefined;
    if (charge !== undefined && !canWait) this.options.settleCharge(charge, result);
    this.#ended.push({ request, result, size, more, canWait, endedMs: this.options.clock.monotonicMs() });
  }

  /**
   * Stages the outcomes of the requests that ended since the last time, and settles what they spent. A
   * door calls it when the answers have left: writing down what has happened need not hold them up.
   */
  recordEnds(): void {
    for (const { request, result, size, more, canWait, endedMs } of this.#ended) {
      if (canWait && request.charge !== undefined) this.options.settleCharge(request.charge, result);
      this.options.trail.outcome({
        request_id: request.requestId,
        method: request.method,
        tool: request.tool ?? null,
        result,
        latency_ms: endedMs - request.startedMs,
        response_size: size,
        // Members that are undefined cost less than spreading those that are there.
        http_request_id: request.origin?.httpRequestId,
        error_code: more.error_code,
        response: more.response,
      });
    }
    this.#ended = [];
  }
}

interface EndedRequest {
  readonly request: OpenRequest;
  readonly result: RecordResult;
  readonly size: number;
  readonly more: Pick<OutcomeFields, 'error_code' | 'response'>;
  /** Whether what it has drawn is settled once the answer has left. */
  readonly canWait: boolean;
  readonly endedMs: number;
}

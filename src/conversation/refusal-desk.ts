import type { Refusal, RefusalReason, RpcId } from '../jsonrpc/message.js';
import type { Conversation } from './conversation.js';
import { refusalFrame } from './refuse.js';
import { RefusalRate } from './refusal-rate.js';

/** A line of the client that is not forwarded. */
export interface RefusedLine {
  readonly reason: RefusalReason;
  readonly detail: string;
  /** Bytes of the line. */
  readonly size: number;
  /** The id to answer to: null where none could be read, undefined where no answer is due. */
  readonly id: RpcId | null | undefined;
  readonly method?: string | undefined;
}

/** Refuses lines of the client: each is recorded and answered, garbage without end is neither. */
export class RefusalDesk {
  readonly #conversation: Conversation;
  readonly #reply: (frame: Buffer) => void;
  readonly #rate = new RefusalRate();

  constructor(conversation: Conversation, reply: (frame: Buffer) => void) {
    this.#conversation = conversation;
    this.#reply = reply;
  }

  refuse(line: RefusedLine): void {
    const { origin, options } = this.#conversation;
    const { clock, trail, diagnostics } = options;
    const { reason, detail, size, id, method } = line;
    // A request is always answered; garbage without end is neither answered nor recorded without end.
    const anonymous = id === null || id === undefined;
    if (anonymous && !this.#rate.allows(clock.monotonicMs())) {
      return diagnostics.repeated(
        'refusal-flood',
        'refused messages come too fast: some are neither answered nor recorded',
      );
    }
    trail.refusal({
      direction: 'client-to-server',
      reason,
      detail,
      size,
      rpc_id: origin === undefined ? (id ?? null) : origin.rpcId,
      method: method ?? null,
      ...(origin === undefined ? {} : { http_request_id: origin.httpRequestId }),
    });
    const refusal: Refusal = { kind: 'refusal', reason, detail, id, method };
    const frame = refusalFrame(refusal);
    if (frame !== null) this.#reply(frame);
  }
}

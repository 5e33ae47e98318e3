import type { AuditTrail } from '../audit/trail.js';
import { RefusalRate } from '../conversation/refusal-rate.js';
import { AUDIT_FIELD_CHARS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import type { FrontRefusal } from '../gateway/core/core.js';
import type { HttpRefusal } from '../gateway/http/options.js';

export interface ServeRefusalsOptions {
  readonly trail: Pick<AuditTrail, 'refusal' | 'event' | 'commitSoon'>;
  /** Takes a line for the log. */
  readonly note: (text: string) => void;
  readonly monotonicMs: () => number;
}

/**
 * Records what reached no conversation, and logs what the door has not logged. Who is refused without end
 * fills neither: beyond the rate refusals are counted, and the next one that is told says how many.
 */
export class ServeRefusals {
  readonly #options: ServeRefusalsOptions;
  readonly #rate = new RefusalRate();
  readonly #collisionRate = new RefusalRate();
  #collisionsUntold = 0;
  /** The newest that was not told, and how many were not before it. */
  #untold: { readonly refusal: FrontRefusal; readonly before: number } | undefined;

  constructor(options: ServeRefusalsOptions) {
    this.#options = options;
  }

  /** Takes a message that was refused for what it says. */
  refused(refusal: FrontRefusal): void {
    const before = this.#untold === undefined ? 0 : this.#untold.before + 1;
    if (this.#rate.allows(this.#options.monotonicMs())) this.#tell(refusal, before);
    else this.#untold = { refusal, before };
  }

  /** Takes a request that was turned away before its message was read; the door bounds and logs these. */
  turnedAway({ requestId, reason, detail, untold }: HttpRefusal): void {
    const { trail } = this.#options;
    trail.refusal({
      direction: 'client-to-server',
      reason,
      detail: counted(detail, untold),
      size: 0,
      rpc_id: null,
      method: null,
      http_request_id: requestId,
    });
    trail.commitSoon();
  }

  /** Takes a name or an address of a server that is left out, since another server has it. */
  collided(what: string, first: string, second: string): void {
    const { trail, note, monotonicMs } = this.#options;
    // A server may list as many as it likes.
    if (!this.#collisionRate.allows(monotonicMs())) {
      this.#collisionsUntold += 1;
      return;
    }
    const untold = this.#collisionsUntold;
    this.#collisionsUntold = 0;
    const told = printable(what, AUDIT_FIELD_CHARS_MAX);
    const more = untold === 0 ? {} : { untold };
    trail.event({ event: 'name-collision', detail: { what: told, kept: first, left_out: second, ...more } });
    trail.commitSoon();
    const before = untold === 0 ? '' : `; ${untold} more were left out before it`;
    note(`${told} of "${second}" is left out: "${first}" has it already${before}`);
  }

  /** Tells of what was only counted, as soon as the rate allows; `last`: at once, since nothing comes any more. */
  settle(last = false): void {
    if (this.#untold === undefined) return;
    if (!this.#rate.allows(this.#options.monotonicMs()) && !last) return;
    this.#tell(this.#untold.refusal, this.#untold.before);
  }

  #tell({ reason, detail, size, principal, method, rpcId, requestId }: FrontRefusal, before: number): void {
    const { trail, note } = this.#options;
    this.#untold = undefined;
    const whose = principal.agent === undefined ? detail : `${detail} (agent ${principal.agent})`;
    trail.refusal({
      direction: 'client-to-server',
      reason,
      detail: counted(whose, before),
      size,
      rpc_id: rpcId,
      method: method ?? null,
      http_request_id: requestId,
    });
    trail.commitSoon();
    note(`refused a message (${reason}: ${counted(detail, before)}), request ${requestId}`);
  }
}

function counted(detail: string, untold: number): string {
  return untold === 0 ? detail : `${detail}; ${untold} more refused before it`;
}

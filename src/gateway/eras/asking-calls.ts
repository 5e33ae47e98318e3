import { GATEWAY_HELD_MS, GATEWAY_QUESTIONS_MAX } from '../../platform/bounds.js';
import type { JsonObject } from '../../platform/json.js';

/** One question of a server of the older era. */
export interface Question {
  /** The server's id of it, as JSON text. */
  readonly id: Buffer;
  /** Its name in the client's answer. */
  readonly key: string;
  readonly method: string;
  /** As JSON text. */
  readonly params: Buffer | undefined;
}

/** A call that such a server still works on, while its client was given questions to answer. */
export interface AskingCall {
  /** The id under which the server knows the call. */
  readonly callId: number;
  readonly questions: readonly Question[];
  /** What the client called, so that only the same call may go on. */
  readonly call: string;
  readonly sinceMs: number;
}

/** The calls whose questions wait for their answers, by the handle that the client was given for each. */
export class AskingCalls {
  readonly #held = new Map<string, AskingCall>();

  add(handle: string, held: AskingCall): AskingCall[] {
    this.#held.set(handle, held);
    return this.#beyondBound();
  }

  /** The call with this handle, which is used up, where the client comes back with the same call. */
  take(handle: string, call: string): AskingCall | undefined {
    const held = this.#held.get(handle);
    if (held === undefined || held.call !== call) return undefined;
    this.#held.delete(handle);
    return held;
  }

  clear(): void {
    this.#held.clear();
  }

  /** Takes out the calls that have waited for too long. */
  expired(nowMs: number): AskingCall[] {
    const old = [...this.#held].filter(([, { sinceMs }]) => nowMs - sinceMs > GATEWAY_HELD_MS);
    for (const [handle] of old) this.#held.delete(handle);
    return old.map(([, held]) => held);
  }

  #beyondBound(): AskingCall[] {
    if (this.#held.size <= GATEWAY_QUESTIONS_MAX) return [];
    const [oldest] = this.#held;
    if (oldest === undefined) return [];
    this.#held.delete(oldest[0]);
    return [oldest[1]];
  }
}

/** What tells one call from another in a held question: everything but the envelope and the answers. */
export function callText(message: JsonObject): string {
  const { params, method } = message;
  const { _meta, inputResponses: _answers, requestState: _handle, ...rest } = (params ?? {}) as JsonObject;
  return JSON.stringify([method, rest]);
}

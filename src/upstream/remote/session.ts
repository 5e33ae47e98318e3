import type { IncomingMessage } from 'node:http';
import type { RpcId } from '../../jsonrpc/message.js';
import { isJsonObject, member } from '../../platform/json.js';
import { traceContextOf, type TraceHeaders } from '../../platform/trace-context.js';
import { mirroredHeaders } from './mirrored-headers.js';
import type { Outgoing } from './outgoing.js';
import { ParameterHeaders } from './parameter-headers.js';

/** The trace that a request belongs to by the HTTP request that brought it, if any. */
export type TraceOf = (id: RpcId) => TraceHeaders | undefined;

/** What the specification allows as a session id: visible ASCII. */
const SESSION_ID = /^[\x21-\x7e]{1,4096}$/;
/** A revision as a header can carry it. */
const REVISION = /^[\x21-\x7e]{1,64}$/;

/**
 * What requests carry because of earlier ones. The legacy era has a session id and a negotiated
 * revision; a modern request says everything itself, but for the tool definitions seen before.
 */
export class RemoteSession {
  readonly parameters = new ParameterHeaders();
  readonly #traceOf: TraceOf | undefined;
  #id: string | undefined;
  #revision: string | undefined;

  /** `traceOf`: the trace of a request that says nothing of one itself. */
  constructor(traceOf?: TraceOf) {
    this.#traceOf = traceOf;
  }

  /** The legacy session's id, where the server gave one. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Whether an `initialize` was answered, so that legacy messages make sense to the server. */
  get legacy(): boolean {
    return this.#revision !== undefined;
  }

  /** A new handshake: nothing of an earlier session goes into it. */
  reset(): void {
    this.#id = undefined;
    this.#revision = undefined;
  }

  /** Takes the session id from the response to `initialize`; one that cannot be sent back is not taken. */
  noteResponse(response: IncomingMessage): void {
    const id = response.headers['mcp-session-id'];
    if (typeof id === 'string' && SESSION_ID.test(id)) this.#id = id;
  }

  /** Takes the revision from the answer to `initialize`. */
  noteInitialized(answer: Buffer): void {
    const message: unknown = JSON.parse(answer.toString('utf8'));
    const result = isJsonObject(message) ? member(message, 'result') : undefined;
    const revision = isJsonObject(result) ? member(result, 'protocolVersion') : undefined;
    if (typeof revision === 'string' && REVISION.test(revision)) this.#revision = revision;
  }

  /** The protocol's headers for one message. */
  headersFor(message: Outgoing): Record<string, string> {
    const trace = message.kind === 'response' ? undefined : traceContextOf(message.params);
    const door = message.kind === 'request' ? this.#traceOf?.(message.id) : undefined;
    return { ...this.#headersFor(message), ...(trace ?? door) };
  }

  #headersFor(message: Outgoing): Record<string, string> {
    const revision = message.kind === 'response' ? undefined : message.revision;
    if (revision === undefined) return this.legacyHeaders();
    if (message.kind === 'request')
      return { ...mirroredHeaders(message, revision), ...this.parameters.headersFor(message) };
    return REVISION.test(revision) ? { 'mcp-protocol-version': revision } : {};
  }

  /** The legacy era's headers; the GET and DELETE requests carry nothing else. */
  legacyHeaders(): Record<string, string> {
    return {
      ...(this.#id === undefined ? {} : { 'mcp-session-id': this.#id }),
      ...(this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision }),
    };
  }
}

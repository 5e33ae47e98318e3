import { isUtf8 } from 'node:buffer';
import { ID_BYTES_MAX, JSON_DEPTH_MAX, JSON_MEMBERS_MAX, METHOD_CHARS_MAX } from '../platform/bounds.js';
import { foldKey } from '../platform/fold.js';
import { isJsonObject, type JsonObject } from '../platform/json.js';
import { findAmbiguity, misspeltKey } from './ambiguity.js';
import type { ByteSpan, Message, Refusal, RefusalReason, RpcId } from './message.js';
import { type MemberSpan, MessageScanner, type ScanFault } from './scan.js';
import { findNested, findRoot } from './spans.js';

/** The members of a JSON-RPC 2.0 message; there are no others. */
const ENVELOPE = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);
const FOLDED_ENVELOPE = new Map([...ENVELOPE].map((key) => [foldKey(key), key]));
const METHOD = /^[A-Za-z0-9_$][A-Za-z0-9_$./-]*$/;

const FAULT_DETAILS: Record<ScanFault, { reason: RefusalReason; detail: string }> = {
  'not-json': { reason: 'not-json', detail: 'the line is not JSON' },
  'not-object': { reason: 'not-object', detail: 'expected one JSON object' },
  'control-byte': {
    reason: 'control-byte',
    detail: 'a control byte below 0x20, which some servers read as a line end',
  },
  'too-deep': { reason: 'too-deep', detail: `nested deeper than ${JSON_DEPTH_MAX} levels` },
};

/**
 * Reads a line from the client as one strict JSON-RPC message, or says why it is none. Whatever
 * two parsers could read differently is refused here, so that what policy judges is what every
 * server will run. Accepted frames are forwarded as the bytes they came in, never rebuilt.
 */
export class ClientInspector {
  readonly #scanner = new MessageScanner();
  readonly #knownParams: ReadonlyMap<string, string>;

  /** `knownParams` are the members of `params` that the protocol gives a meaning. */
  constructor(knownParams: readonly string[]) {
    this.#knownParams = new Map(knownParams.map((key) => [foldKey(key), key]));
  }

  /**
   * Inspects `bytes[start, end)`, which holds no line ending; `ascii` says that it is known to be
   * ASCII. Total: never throws.
   */
  inspect(bytes: Buffer, start: number, end: number, ascii = false): Message | Refusal {
    if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) {
      return refuse('byte-order-mark', 'the line begins with a byte order mark', null);
    }
    if (!ascii && !isUtf8(bytes.subarray(start, end)))
      return refuse('not-utf8', 'the line is not valid UTF-8', null);
    const scanner = this.#scanner;
    const fault = scanner.scan(bytes, start, end);
    if (fault !== null) return this.#faulty(bytes, fault, start);
    return this.#understand(bytes, bytes.toString(ascii ? 'latin1' : 'utf8', start, end));
  }

  /** Where the value of `id` stands in the line that was inspected last; undefined where it has none. */
  idSpan(bytes: Buffer): ByteSpan | undefined {
    const index = findRoot(this.#scanner, bytes, 'id');
    if (index === -1) return undefined;
    const { valueStart, valueEnd } = this.#scanner.root[index] as MemberSpan;
    return { start: valueStart, end: valueEnd };
  }

  #faulty(bytes: Buffer, fault: ScanFault, start: number): Refusal {
    const { reason, detail } = FAULT_DETAILS[fault];
    if (fault === 'not-object' && bytes[this.#scanner.offset] === 0x5b) {
      return refuse(
        'batch',
        'no current revision of MCP has batches; send each message on its own line',
        null,
      );
    }
    return refuse(reason, `${detail} (at byte ${this.#scanner.offset - start})`, null);
  }

  #understand(bytes: Buffer, text: string): Message | Refusal {
    const scanner = this.#scanner;
    const message = parseObject(text);
    if (message === null) return refuse('not-json', 'the line is not JSON', null);
    const id = readId(bytes, scanner, message);
    const trouble = this.#trouble(message) ?? kindTrouble(message, id);
    if (trouble !== null) return this.#refusal(bytes, message, id, trouble);
    if (!('method' in message)) {
      return { kind: 'response', id: id as RpcId, outcome: 'result' in message ? 'result' : 'error' };
    }
    const method = message['method'] as string;
    const params = message['params'] as JsonObject | undefined;
    const argumentsSpan = params === undefined ? undefined : this.#argumentsSpan(bytes);
    if (!('id' in message)) return { kind: 'notification', method, params, argumentsSpan };
    return { kind: 'request', id: id as RpcId, method, params, argumentsSpan };
  }

  #refusal(bytes: Buffer, message: JsonObject, id: RpcId | undefined, trouble: Trouble): Refusal {
    const method = typeof message['method'] === 'string' ? message['method'] : undefined;
    if ('method' in message && !('id' in message))
      return { kind: 'refusal', ...trouble, id: undefined, method };
    // With two ids nobody knows which one to answer to.
    const first = findRoot(this.#scanner, bytes, 'id');
    const twice = findRoot(this.#scanner, bytes, 'id', first + 1) !== -1;
    return { kind: 'refusal', ...trouble, id: twice ? null : (id ?? null), method };
  }

  /** What is ambiguous about the message, whatever kind it is. */
  #trouble(message: JsonObject): Trouble | null {
    const scanner = this.#scanner;
    if (scanner.memberCount > JSON_MEMBERS_MAX) {
      return { reason: 'too-many-members', detail: `more than ${JSON_MEMBERS_MAX} object members` };
    }
    if (scanner.escapedDepth <= 2) {
      return {
        reason: 'escaped-key',
        detail: 'a key of the envelope or of params is written with an escape',
      };
    }
    const ambiguity = findAmbiguity(message, scanner.memberCount, scanner.plainKeys);
    if (ambiguity !== null) return ambiguity;
    for (const key of Object.keys(message)) {
      if (!ENVELOPE.has(key)) return misspeltKey(message, FOLDED_ENVELOPE) ?? unknownMember(key);
    }
    const params = message['params'];
    return isJsonObject(params) ? misspeltKey(params, this.#knownParams) : null;
  }

  #argumentsSpan(bytes: Buffer): ByteSpan | undefined {
    const params = findRoot(this.#scanner, bytes, 'params');
    const found = params === -1 ? null : findNested(this.#scanner, bytes, params, 'arguments');
    return found === null ? undefined : { start: found.valueStart, end: found.valueEnd };
  }
}

function unknownMember(key: string): Trouble {
  return { reason: 'unknown-member', detail: `JSON-RPC has no member ${JSON.stringify(key)}` };
}

interface Trouble {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** What is wrong with the message as JSON-RPC 2.0, given its readable id. */
function kindTrouble(message: JsonObject, id: RpcId | undefined): Trouble | null {
  if (message['jsonrpc'] !== '2.0') return { reason: 'bad-version', detail: 'expected "jsonrpc": "2.0"' };
  if ('id' in message && id === undefined) {
    return {
      reason: 'bad-id',
      detail: `expected a string of at most ${ID_BYTES_MAX} bytes or an integer that survives as a number`,
    };
  }
  const answers = ('result' in message ? 1 : 0) + ('error' in message ? 1 : 0);
  if ('method' in message) {
    if (answers > 0)
      return { reason: 'mixed-kinds', detail: 'a message with a method has no result and no error' };
    return callTrouble(message);
  }
  if (answers !== 1 || id === undefined) {
    return { reason: 'no-kind', detail: 'expected a method, or an id with either a result or an error' };
  }
  if ('params' in message) return { reason: 'mixed-kinds', detail: 'an answer has no params' };
  return null;
}

function callTrouble(message: JsonObject): Trouble | null {
  const method = message['method'];
  if (typeof method !== 'string' || method.length > METHOD_CHARS_MAX || !METHOD.test(method)) {
    return {
      reason: 'bad-method',
      detail: `expected a method name of letters, digits and _ $ . / - with at most ${METHOD_CHARS_MAX} characters`,
    };
  }
  if ('params' in message && !isJsonObject(message['params'])) {
    return { reason: 'bad-params', detail: 'MCP knows only objects as params' };
  }
  return null;
}

/** The id if it is one that survives: no fraction, no exponent, no -0, within 2^53. */
function readId(bytes: Buffer, scanner: MessageScanner, message: JsonObject): RpcId | undefined {
  const id = message['id'];
  const index = findRoot(scanner, bytes, 'id');
  if (index === -1) return undefined;
  if (typeof id === 'string') return Buffer.byteLength(id) <= ID_BYTES_MAX ? id : undefined;
  if (!Number.isSafeInteger(id)) return undefined;
  const { valueStart, valueEnd } = scanner.root[index] as MemberSpan;
  return isWrittenWhole(bytes, valueStart, valueEnd) ? (id as number) : undefined;
}

/** Whether a number of these bytes has digits only, and is not -0. JSON allows no leading zero. */
function isWrittenWhole(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  if (first > start && bytes[first] === 0x30) return false;
  for (let at = first; at < end; at++) {
    if ((bytes[at] as number) < 0x30 || (bytes[at] as number) > 0x39) return false;
  }
  return true;
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function refuse(reason: RefusalReason, detail: string, id: RpcId | null): Refusal {
  return { kind: 'refusal', reason, detail, id, method: undefined };
}

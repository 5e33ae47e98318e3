import { isUtf8 } from 'node:buffer';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import type { ByteSpan, RpcId } from './message.js';
import { MessageScanner, type MemberSpan } from './scan.js';
import { countNested, findNested, findRoot, hasKey, holds, readIdText } from './spans.js';

/** A line from the server, understood only as far as relaying it needs. */
export type ServerLine =
  | ServerAnswer
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string }
  | { readonly kind: 'notification'; readonly method: string }
  | ServerGarbage;

/** An answer; `result` and `error` values are not built, only what decides its outcome is read. */
export interface ServerAnswer {
  readonly kind: 'answer';
  readonly id: RpcId;
  readonly outcome: 'result' | 'error';
  /** `result.isError` is true: the tool itself failed. */
  readonly isError: boolean;
  /** `result.resultType`, absent before revision 2026-07-28. */
  readonly resultType: string | undefined;
  readonly errorCode: number | undefined;
}

/** A line that cannot be relayed; the id of the request it seems to answer, if it can be read. */
export interface ServerGarbage {
  readonly kind: 'garbage';
  readonly detail: string;
  readonly id: RpcId | undefined;
}

/**
 * Reads lines from the server. A result may be tens of megabytes, so it is checked byte by byte
 * (strict JSON, UTF-8, no control bytes) and its id found, but no value is built from it.
 */
export class ServerInspector {
  readonly #scanner = new MessageScanner();

  /** Inspects `bytes[start, end)`; `ascii` says that it is known to be ASCII. Total: never throws. */
  inspect(bytes: Buffer, start: number, end: number, ascii = false): ServerLine {
    const fault = this.#scanner.scan(bytes, start, end);
    if (fault !== null) return this.#garbage(fault, bytes);
    if (!ascii && !isUtf8(bytes.subarray(start, end))) return this.#garbage('not UTF-8', bytes);
    return this.#read(bytes);
  }

  /** Where the value of `id` stands in the line that was inspected last; null where it has none. */
  idSpan(bytes: Buffer): ByteSpan | null {
    const index = findRoot(this.#scanner, bytes, 'id');
    if (index === -1) return null;
    const { valueStart, valueEnd } = this.#scanner.root[index] as MemberSpan;
    return { start: valueStart, end: valueEnd };
  }

  /** Where a member of `result` stands in the line that was inspected last; null where it is absent. */
  resultMember(bytes: Buffer, key: string): ByteSpan | null {
    const result = findRoot(this.#scanner, bytes, 'result');
    const span = result === -1 ? null : findNested(this.#scanner, bytes, result, key);
    return span === null ? null : { start: span.valueStart, end: span.valueEnd };
  }

  #read(bytes: Buffer): ServerLine {
    const scanner = this.#scanner;
    let id = -1;
    let method = -1;
    let result = -1;
    let error = -1;
    let version = -1;
    let params = -1;
    for (let index = 0; index < scanner.rootCount && index < scanner.root.length; index++) {
      const key = envelopeKey(bytes, scanner.root[index] as MemberSpan);
      if (key === 'id' && id === -1) id = index;
      else if (key === 'method' && method === -1) method = index;
      else if (key === 'result' && result === -1) result = index;
      else if (key === 'error' && error === -1) error = index;
      else if (key === 'jsonrpc' && version === -1) version = index;
      else if (key === 'params' && params === -1) params = index;
      else if (key !== undefined) return this.#garbage('the same member twice', bytes);
    }
    if (scanner.overflow && scanner.rootCount > scanner.root.length)
      return this.#garbage('too many members', bytes);
    if (scanner.escapedDepth === 1) return this.#garbage('a member name written with an escape', bytes);
    if (version === -1 || !this.#is(bytes, version, '"2.0"')) return this.#garbage('not JSON-RPC 2.0', bytes);
    if (method !== -1) {
      if (result !== -1 || error !== -1) return this.#garbage('both a call and an answer', bytes);
      return this.#call(bytes, method, id);
    }
    if ((result === -1) === (error === -1)) return this.#garbage('neither a call nor an answer', bytes);
    const answered = id === -1 ? undefined : readIdText(bytes, scanner, id);
    if (answered === undefined)
      return { kind: 'garbage', detail: 'an answer without a usable id', id: undefined };
    return result === -1 ? this.#error(bytes, answered, error) : this.#result(bytes, answered, result);
  }

  #call(bytes: Buffer, method: number, id: number): ServerLine {
    const span = this.#scanner.root[method] as MemberSpan;
    const name: unknown =
      bytes[span.valueStart] === 0x22
        ? JSON.parse(bytes.toString('utf8', span.valueStart, span.valueEnd))
        : null;
    if (typeof name !== 'string')
      return { kind: 'garbage', detail: 'a method that is no string', id: undefined };
    if (id === -1) return { kind: 'notification', method: name };
    const called = readIdText(bytes, this.#scanner, id);
    if (called === undefined)
      return { kind: 'garbage', detail: 'a request without a usable id', id: undefined };
    return { kind: 'request', id: called, method: name };
  }

  #result(bytes: Buffer, id: RpcId, result: number): ServerLine {
    // What it asks of the client must be one thing to guard and to every client.
    if (this.#twice(bytes, result, 'resultType', 'inputRequests'))
      return this.#garbage('the same member twice', bytes);
    const flag = this.#member(bytes, result, 'isError');
    const kind = this.#member(bytes, result, 'resultType');
    return {
      kind: 'answer',
      id,
      outcome: 'result',
      isError: flag === 'true',
      resultType: kind?.startsWith('"') === true ? (JSON.parse(kind) as string) : undefined,
      errorCode: undefined,
    };
  }

  #error(bytes: Buffer, id: RpcId, error: number): ServerLine {
    if (this.#twice(bytes, error, 'code', 'data')) return this.#garbage('the same member twice', bytes);
    const code = Number(this.#member(bytes, error, 'code'));
    return {
      kind: 'answer',
      id,
      outcome: 'error',
      isError: false,
      resultType: undefined,
      errorCode: Number.isFinite(code) ? code : undefined,
    };
  }

  /** The raw text of a scalar member of `result` or `error`; undefined where it is absent or long. */
  #member(bytes: Buffer, parent: number, key: string): string | undefined {
    if (!this.#scanner.overflow && this.#scanner.escapedDepth > 2) {
      const span = findNested(this.#scanner, bytes, parent, key);
      return span === null || span.valueEnd - span.valueStart > 128
        ? undefined
        : bytes.toString('utf8', span.valueStart, span.valueEnd);
    }
    // Rare: too many members to remember, or one spelt with escapes. Build the value after all.
    const { valueStart, valueEnd } = this.#scanner.root[parent] as MemberSpan;
    const value = JSON.parse(bytes.toString('utf8', valueStart, valueEnd)) as JsonObject;
    const found = isJsonObject(value) ? member(value, key) : undefined;
    return found === undefined ? undefined : JSON.stringify(found);
  }

  #twice(bytes: Buffer, parent: number, one: string, other: string): boolean {
    const scanner = this.#scanner;
    return countNested(scanner, bytes, parent, one) > 1 || countNested(scanner, bytes, parent, other) > 1;
  }

  #is(bytes: Buffer, index: number, text: string): boolean {
    const span = this.#scanner.root[index] as MemberSpan;
    return holds(bytes, span.valueStart, span.valueEnd, text);
  }

  #garbage(detail: string, bytes: Buffer): ServerGarbage {
    return { kind: 'garbage', detail, id: this.#answerId(bytes) };
  }

  /** The id of a broken line that is not a call, so that the waiting request can be told. */
  #answerId(bytes: Buffer): RpcId | undefined {
    const index = findRoot(this.#scanner, bytes, 'id');
    if (index === -1 || findRoot(this.#scanner, bytes, 'method') !== -1) return undefined;
    const { valueEnd } = this.#scanner.root[index] as MemberSpan;
    // Where the line breaks off right behind a number, there may have been more of it.
    return valueEnd >= this.#scanner.offset ? undefined : readIdText(bytes, this.#scanner, index);
  }
}

type EnvelopeKey = 'jsonrpc' | 'id' | 'method' | 'params' | 'result' | 'error';

/** The members of an envelope by the length of their names. */
const ENVELOPE: readonly (readonly EnvelopeKey[] | undefined)[] = [
  undefined,
  undefined,
  ['id'],
  undefined,
  undefined,
  ['error'],
  ['result', 'method', 'params'],
  ['jsonrpc'],
];
const NONE: readonly EnvelopeKey[] = [];

/** The envelope's member that has this key; no text is built, since every answer comes through here. */
function envelopeKey(bytes: Buffer, span: MemberSpan): EnvelopeKey | undefined {
  for (const key of ENVELOPE[span.keyEnd - span.keyStart] ?? NONE) if (hasKey(bytes, span, key)) return key;
  return undefined;
}

/** An id as serializers write it: a whole number, or a short string without escapes. */
const PLAIN_ID = String.raw`(-?(?:0|[1-9]\d{0,15})|"[^"\\\u0000-\u001f]{0,256}")`;
const VERSION_MEMBER = String.raw`"jsonrpc"\s*:\s*"2\.0"`;
const ID_IN_FRONT = new RegExp(
  String.raw`^\s*\{\s*(?:${VERSION_MEMBER}\s*,\s*)?"id"\s*:\s*${PLAIN_ID}\s*[,}]`,
);
const ID_AT_END = new RegExp(String.raw`[,{]\s*"id"\s*:\s*${PLAIN_ID}\s*(?:,\s*${VERSION_MEMBER}\s*)?\}\s*$`);

/** The id of an answer that was too large to keep, looked for where serializers put it: either end. */
export function idOfRemnant(head: Buffer, tail: Buffer): RpcId | undefined {
  const found = ID_IN_FRONT.exec(head.toString('utf8')) ?? ID_AT_END.exec(tail.toString('utf8'));
  if (found === null) return undefined;
  const id = JSON.parse(found[1] as string) as RpcId;
  return typeof id === 'number' && (!Number.isSafeInteger(id) || Object.is(id, -0)) ? undefined : id;
}

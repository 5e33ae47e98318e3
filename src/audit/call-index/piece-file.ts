import { hash } from 'node:crypto';
import { endianness } from 'node:os';
import { CALL_INDEX_NAMES_MAX } from '../../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../platform/json.js';
import type { CountedCall } from '../call-stats.js';
import type { CountedOther, Half, Piece } from './piece.js';

/**
 * A piece as the bytes of a file: the digest of what follows, a head of JSON with the names and the
 * keys of halves, and one column for each member of all calls, whole ones first, then the halves.
 * `of` is the digest of the log's bytes. Undefined where it has more than CALL_INDEX_NAMES_MAX names.
 */
export function encodePiece(of: string, piece: Piece): Buffer | undefined {
  const names = new Map<string, number>();
  const idOf = (name: string | null | undefined): number => {
    if (name === null || name === undefined) return 0;
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, names.size + 1);
    return names.size;
  };
  const halves = [...piece.outcomes, ...piece.open];
  const calls = [...piece.calls, ...halves.map(({ call }) => call)];
  const numbers = [calls.map(({ atMs }) => atMs), calls.map(({ latencyMs }) => latencyMs ?? Number.NaN)];
  const ids = NAMED.map((member) => calls.map((call) => idOf(call[member])));
  if (names.size > CALL_INDEX_NAMES_MAX) return undefined;
  const head: Head = {
    v: VERSION,
    of,
    isClean: piece.isClean,
    names: [...names.keys()],
    calls: piece.calls.length,
    outcomes: piece.outcomes.map(({ key }) => key),
    again: [...piece.again],
    open: piece.open.map(({ key }) => key),
    others: piece.others.map(({ type, atMs }) => [type, atMs]),
  };
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...numbers.map((column) => bytesOf(Float64Array.from(column))),
    ...ids.map((column) => bytesOf(Uint16Array.from(column))),
  ]);
  return Buffer.concat([Buffer.from(`${hash('sha256', body, 'hex')}\n`), body]);
}

/** The piece that the bytes hold; undefined where they are not whole, or of other bytes of a log. */
export function decodePiece(of: string, file: Buffer): Piece | undefined {
  const body = file.subarray(DIGEST_CHARS + 1);
  if (file.toString('latin1', 0, DIGEST_CHARS) !== hash('sha256', body, 'hex')) return undefined;
  const headEnd = body.indexOf(0x0a);
  const head = parseJson(body.toString('utf8', 0, headEnd));
  if (!isHead(head) || head.of !== of) return undefined;
  const columns = columnsOf(body.subarray(headEnd + 1), head);
  if (columns === undefined) return undefined;
  const callAt = (at: number): CountedCall => callOf(columns, at);
  const halves = (keys: readonly string[], from: number): Half[] =>
    keys.map((key, index) => ({ key, call: callAt(from + index) }));
  return {
    isClean: head.isClean,
    calls: Array.from({ length: head.calls }, (_none, at) => callAt(at)),
    outcomes: halves(head.outcomes, head.calls),
    open: halves(head.open, head.calls + head.outcomes.length),
    again: head.again,
    others: head.others.map(([type, atMs]): CountedOther => ({ type, atMs: atMs ?? Number.NaN })),
  };
}

/** Another order of bytes is another version. */
const VERSION = `1${endianness()}`;
const DIGEST_CHARS = 64;
/** The members that are names, in the order of their columns. */
const NAMED = ['server', 'agent', 'tool', 'rule', 'decision', 'result'] as const;

interface Head extends JsonObject {
  readonly v: string;
  readonly of: string;
  readonly isClean: boolean;
  readonly names: string[];
  readonly calls: number;
  readonly outcomes: string[];
  readonly again: string[];
  readonly open: string[];
  /** Type and time; null for none. */
  readonly others: [string, number | null][];
}

/** What it holds otherwise is as guard wrote it: the digest says so. */
function isHead(head: JsonValue | undefined): head is Head {
  return isJsonObject(head) && head['v'] === VERSION;
}

interface Columns {
  readonly names: readonly (string | null)[];
  readonly at: Float64Array;
  readonly latency: Float64Array;
  readonly ids: readonly Uint16Array[];
}

function columnsOf(bytes: Buffer, { names, calls, outcomes, open }: Head): Columns | undefined {
  const rows = calls + outcomes.length + open.length;
  if (bytes.length !== rows * (2 * 8 + NAMED.length * 2)) return undefined;
  // Copied: numbers must begin where their size divides the address.
  const own = Uint8Array.from(bytes).buffer;
  return {
    names: [null, ...names],
    at: new Float64Array(own, 0, rows),
    latency: new Float64Array(own, rows * 8, rows),
    ids: NAMED.map((_name, index) => new Uint16Array(own, rows * (16 + index * 2), rows)),
  };
}

function callOf({ names, at, latency, ids }: Columns, row: number): CountedCall {
  const name = (column: number): string | null => names[ids[column]?.[row] ?? 0] ?? null;
  const latencyMs = latency[row] ?? Number.NaN;
  return {
    atMs: at[row] ?? Number.NaN,
    server: name(0) ?? '',
    agent: name(1) ?? '',
    tool: name(2),
    rule: name(3),
    decision: name(4) ?? undefined,
    result: name(5) ?? undefined,
    latencyMs: Number.isNaN(latencyMs) ? undefined : latencyMs,
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

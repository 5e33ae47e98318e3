import { BAGGAGE_CHARS_MAX, TRACESTATE_CHARS_MAX, TRACESTATE_MEMBERS_MAX } from './bounds.js';
import { isJsonObject, type JsonObject, type JsonValue, member } from './json.js';

/** The headers of W3C Trace Context and Baggage, and the members of `_meta` by the same names (SEP-414). */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** What an HTTP request says of its trace and what is carried on of it. */
export type TraceHeaders = Pick<TraceContext, 'traceparent' | 'tracestate'>;

/** A `traceparent` taken apart. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const VERSION_00 = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** A version that is not known is read as 00, whatever follows (W3C Trace Context §4.3); ff is none. */
const LATER = /^(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-[\x21-\x7e]{0,200})?$/;
const CHARS_MOST = 256;

/** Reads a `traceparent` by the grammar of W3C Trace Context; undefined for anything else. */
export function readTraceparent(text: unknown): TraceParent | undefined {
  if (typeof text !== 'string' || text.length > CHARS_MOST) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = VERSION_00.exec(text) ?? LATER.exec(text) ?? [];
  if (traceId === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The trace context in the `_meta` of a request's params; undefined without a valid `traceparent`. */
export function traceContextOf(params: JsonObject | undefined): TraceContext | undefined {
  const meta = params === undefined ? undefined : member(params, '_meta');
  if (!isJsonObject(meta)) return undefined;
  const traceparent = member(meta, 'traceparent');
  if (typeof traceparent !== 'string' || readTraceparent(traceparent) === undefined) return undefined;
  const tracestate = member(meta, 'tracestate');
  const baggage = member(meta, 'baggage');
  return {
    traceparent,
    ...(isTracestate(tracestate) ? { tracestate } : {}),
    ...(isBaggage(baggage) ? { baggage } : {}),
  };
}

/** The trace context in the headers of an HTTP request; undefined without a valid `traceparent`. */
export function traceHeadersOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): TraceHeaders | undefined {
  const traceparent = headers['traceparent'];
  const tracestate = headers['tracestate'];
  if (typeof traceparent !== 'string' || readTraceparent(traceparent) === undefined) return undefined;
  // Several headers are one list (W3C Trace Context §3.3.1).
  const state = Array.isArray(tracestate) ? tracestate.join(',') : tracestate;
  return { traceparent, ...(isTracestate(state) ? { tracestate: state } : {}) };
}

const STATE_MEMBER =
  /^[a-z0-9][a-z0-9_\-*/]{0,255}(?:@[a-z][a-z0-9_\-*/]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Whether this is a list of vendors' members as W3C Trace Context §3.3 has it. */
function isTracestate(value: JsonValue | undefined): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > TRACESTATE_CHARS_MAX) return false;
  const members = value.split(',').map((entry) => entry.replace(/^[ \t]+|[ \t]+$/g, ''));
  return (
    members.length <= TRACESTATE_MEMBERS_MAX &&
    members.every((entry) => entry === '' || STATE_MEMBER.test(entry))
  );
}

const BAGGAGE_MEMBER =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e \t]*(?:;[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e \t]*)*$/;

function isBaggage(value: JsonValue | undefined): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > BAGGAGE_CHARS_MAX) return false;
  return value.split(',').every((entry) => BAGGAGE_MEMBER.test(entry.trim()));
}

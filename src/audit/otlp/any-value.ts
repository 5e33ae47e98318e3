import { isJsonObject, type JsonValue } from '../../platform/json.js';

/** A value as OTLP's JSON has it: 64-bit integers are text (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number };

/** An attribute of a span or a log record. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** The value as OTLP has it; objects and lists as JSON text. */
export function anyValue(value: JsonValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { stringValue: isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value) };
}

import * as z from 'zod/mini';
import { CONFIG_DURATION_MS_MAX } from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import { durationMs, sizeBytes } from '../platform/units.js';

/** What editors show for a key. */
export interface KeyDescription {
  readonly description: string;
  readonly default?: JsonValue;
  /** Name under `$defs`, for schemas that are used in several places. */
  readonly id?: string;
}

/** The descriptions of all keys; zod's global registry stays untouched, so importing has no effect elsewhere. */
export const descriptions = z.registry<KeyDescription>();

/** Longest name, label or short text in a config file, in characters. */
const NAME = /^[^\u0000-\u001f\u007f]{1,256}$/; // oxlint-disable-line no-control-regex -- control characters are what this refuses

/** A key that may be left out; it cannot be set to nothing. */
export function optional<T extends z.core.$ZodType>(
  schema: T,
  description: string,
  fallback?: JsonValue,
): z.ZodMiniExactOptional<T> {
  return noted(z.exactOptional(schema), description, fallback);
}

/** A key that must be there. */
export function described<T extends z.core.$ZodType>(schema: T, description: string): T {
  // Noted on a clone: two keys that share a value schema keep their own descriptions.
  return noted(z.clone(schema), description, undefined);
}

function noted<T extends z.core.$ZodType>(own: T, description: string, fallback: JsonValue | undefined): T {
  descriptions.add(own, fallback === undefined ? { description } : { description, default: fallback });
  return own;
}

/** One value or a list of at least one. */
export function oneOrMany<T extends z.core.$ZodType>(schema: T): z.ZodMiniUnion<[T, z.ZodMiniArray<T>]> {
  return z.union([
    schema,
    z.array(schema).check(z.minLength(1, { error: 'the list is empty, so it can match nothing' })),
  ]);
}

/** One of a few words. */
export const word = z.enum;
/** Text of at least one character. */
export const text = z.string().check(z.minLength(1, { error: 'expected text, got an empty string' }));
/** Text without control characters, up to 256 characters. */
export const name = z
  .string()
  .check(z.regex(NAME, { error: 'expected a name of 1 to 256 characters without control characters' }));
/** A list of text. */
export const texts = z.array(text);
/** True or false. */
export const flag = z.boolean();
/** A whole number from 1. */
export const count = z.int().check(z.gte(1, { error: 'expected a whole number from 1' }));
/** A web address. */
export const httpUrl = z
  .string()
  .check(z.regex(/^https?:\/\/\S+$/, { error: 'expected a URL that begins with http:// or https://' }));
/** A TCP port; 0 takes any free one. */
export const port = z
  .int()
  .check(
    z.gte(0, { error: 'expected a port from 0 to 65535' }),
    z.lte(65_535, { error: 'expected a port from 0 to 65535' }),
  );

/** `500ms`, `30s`, `10m`, `24h`, `90d`; above zero, at most ten years. */
export const duration = z.string().check(
  z.regex(/^\d+(ms|s|m|h|d)$/, {
    error: 'expected a duration such as 500ms, 30s, 10m, 24h or 90d',
    abort: true,
  }),
  z.refine((value) => inRange(durationMs(value), CONFIG_DURATION_MS_MAX), {
    error: 'expected a duration above zero and of at most ten years',
  }),
);

/** Bytes as a number or with a unit: `4096`, `64KiB`, `10MB`; above zero. */
export const size = z.union([
  count,
  z.string().check(
    z.regex(/^\d+(B|KB|MB|GB|KiB|MiB|GiB)?$/, {
      error: 'expected a size such as 65536, 64KiB or 10MiB',
      abort: true,
    }),
    z.refine((value) => inRange(sizeBytes(value), Number.MAX_SAFE_INTEGER), {
      error: 'expected a size above zero',
    }),
  ),
]);

/** A decimal: a number, or a string of one so that no digit is lost. */
export const decimal = z.union([
  z.number(),
  z
    .string()
    .check(
      z.regex(/^-?\d{1,30}(\.\d{1,30})?$/, { error: "expected a decimal number such as 100 or '0.10'" }),
    ),
]);

/** A currency code such as EUR. */
export const currency = z
  .string()
  .check(z.regex(/^[A-Z]{3}$/, { error: 'expected a currency code of three capital letters such as EUR' }));

/** Any JSON value. */
export const json = z.custom<JsonValue>();

function inRange(value: number | undefined, most: number): boolean {
  return value !== undefined && value > 0 && value <= most;
}

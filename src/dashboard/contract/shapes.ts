import * as z from 'zod/mini';
import { DASHBOARD_TEXT_CHARS_MAX } from '../../platform/bounds.js';

/** The name of a shape in the OpenAPI document. */
export const shapeNames = z.registry<{ readonly id: string; readonly description?: string }>();

/** Gives a shape its name in the OpenAPI document. */
export function named<Schema extends z.core.$ZodType>(
  id: string,
  schema: Schema,
  description?: string,
): Schema {
  shapeNames.add(schema, description === undefined ? { id } : { id, description });
  return schema;
}

/** A text from whoever asks, of bounded length. */
export const boundedText = z.string().check(z.maxLength(DASHBOARD_TEXT_CHARS_MAX));

/** RFC 3339, UTC. */
export const time = z.string();

/** A number of calls, bytes or the like. */
export const count = z.int().check(z.minimum(0));

/** Any JSON value. What agents or servers sent stands in it raw: show it as text. */
export const json = named('Json', z.json());

/** The body of every answer with a status of 400 or above. */
export const errorShape = named(
  'Error',
  z.object({
    error: z.object({
      /** One word that programs go by; ERROR_CODES has them all. */
      code: z.string(),
      /** For the person. */
      message: z.string(),
      /** What to do next. */
      hint: z.exactOptional(z.string()),
      /** Of `signature-needed`: what to run in a terminal of the machine that holds the call. */
      command: z.exactOptional(z.string()),
      /** Of `late`: how the request ended; null where nobody knows. */
      end: z.exactOptional(z.nullable(json)),
    }),
  }),
);
export type ApiError = z.infer<typeof errorShape>;

/** Every error code with its status. */
export const ERROR_CODES = {
  /** The path, the query or the body is not what is documented. */
  'bad-request': 400,
  /** No session, or one that ended; a wrong secret. */
  unauthenticated: 401,
  /** A write without the header X-Guard-Request, or from another site. */
  'csrf-refused': 403,
  /** The Host or the Origin is not one that is answered. */
  'foreign-site': 403,
  /** Only a signed answer counts: `command` says what to run. */
  'signature-needed': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  /** Somebody else answered first, or the request is over; `end` says how. */
  late: 409,
  'too-large': 413,
  /** A body is `application/json`. */
  'not-json': 415,
  /** It was understood and does not count; the message says why. */
  refused: 422,
  /** Too many wrong tries, or too much at once; Retry-After says when to come again. */
  'too-many': 429,
  internal: 500,
  /** What is asked for cannot be read now, or guard is ending. */
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

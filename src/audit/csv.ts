import type { JsonObject, JsonValue } from '../platform/json.js';
import { printable } from '../platform/printable.js';

/** The columns of a CSV export, in their order: members of joined calls and of other records. */
export const CSV_COLUMNS = [
  'ts',
  'type',
  'upstream',
  'agent',
  'session',
  'method',
  'tool',
  'target',
  'decision',
  'enforced',
  'layer',
  'rule',
  'reason',
  'uncertain',
  'would',
  'result',
  'error_code',
  'latency_ms',
  'answered',
  'arg_size',
  'response_size',
  'arg_hash',
  'client',
  'era',
  'direction',
  'approval',
  'limits',
  'event',
  'detail',
  'size',
  'rpc_id',
  'request_id',
  'http_request_id',
  'traceparent',
  'writer',
  'seq',
  'arguments',
  'response',
] as const;

/** The first row, with its line end. */
export const CSV_HEAD = `${CSV_COLUMNS.join(',')}\r\n`;

/** A row of RFC 4180, with its line end (CRLF). What is absent or null is an empty cell. */
export function csvRow(values: JsonObject): string {
  return `${CSV_COLUMNS.map((name) => csvCell(values[name])).join(',')}\r\n`;
}

/**
 * One cell. Text that a spreadsheet would take for a formula gets an apostrophe before it, the way
 * OWASP's page on CSV injection has it: what begins with `=`, `+`, `-`, `@`, a tab or a line end, also
 * after spaces, and in its full-width form. Numbers are as they are. Control characters are escaped.
 */
export function csvCell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isFormula = FORMULA.test(text);
  const shown = printable(text);
  const safe = isFormula ? `'${shown}` : shown;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const FORMULA = /^\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

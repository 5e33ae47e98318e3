import { LOG_VALUE_CHARS_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { printable } from '../../platform/printable.js';

/** How serious a line is, the least first. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

type LogLevel = (typeof LEVELS)[number];

/** Facts of a line, by name. There is no way to hand in headers or bodies, so no secret gets here with them. */
type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The gateway's log: what an operator reads. The audit log is another thing. */
export interface GatewayLog {
  /** Whether lines of this level are written; look before building fields on the path of a call. */
  isEnabled(level: LogLevel): boolean;
  /** One line. Lines about a request carry its `request_id`. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** Writes lines from this level up, from now on. */
  setLevel(level: LogLevel): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  readonly clock: Pick<Clock, 'timestamp'>;
  /** Hides what must not be shown in a text. */
  readonly mask?: (text: string) => string;
  /** Takes one whole line, written at once. */
  readonly write: (line: string) => void;
}

/**
 * The log as lines of JSON or text. All text passes `printable`, since it may come from a client or
 * server. Writing is synchronous and there is no worker thread: a line is out when `write` returns.
 */
export function createGatewayLog({
  level,
  format,
  clock,
  write,
  mask = (text) => text,
}: LogOptions): GatewayLog {
  let least = LEVELS.indexOf(level);
  const isEnabled = (wanted: LogLevel): boolean => LEVELS.indexOf(wanted) >= least;
  const lineOf = format === 'json' ? jsonLine : textLine;
  return {
    isEnabled,
    write(wanted, message, fields) {
      if (!isEnabled(wanted)) return;
      const shown = printable(mask(message), LOG_VALUE_CHARS_MAX);
      write(lineOf({ level: wanted, time: clock.timestamp(), message: shown }, safeFields(fields, mask)));
    },
    setLevel(next) {
      least = LEVELS.indexOf(next);
    },
  };
}

/** Members that every line has. */
interface LineHead {
  readonly level: LogLevel;
  readonly time: string;
  readonly message: string;
}

/** A field of the same name is put apart. */
const OWN: ReadonlySet<string> = new Set(['level', 'time', 'message'] satisfies (keyof LineHead)[]);

type SafeFields = Record<string, string | number | boolean | null>;

function safeFields(fields: LogFields = {}, mask: (text: string) => string): SafeFields {
  const safe: SafeFields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    safe[OWN.has(name) ? `_${name}` : name] =
      typeof value === 'string' ? printable(mask(value), LOG_VALUE_CHARS_MAX) : value;
  }
  return safe;
}

function jsonLine(head: LineHead, fields: SafeFields): string {
  return `${JSON.stringify({ ...head, ...fields })}\n`;
}

/** `2026-11-22T08:00:00.000Z warn refused reason=host status=403`; values with spaces stand in quotes. */
function textLine({ level, time, message }: LineHead, fields: SafeFields): string {
  const facts = Object.entries(fields).map(([name, value]) => {
    const text = String(value);
    return `${name}=${/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)}`;
  });
  return `${[time, level, message, ...facts].join(' ')}\n`;
}

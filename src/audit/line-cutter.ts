import { AUDIT_LINE_BYTES_MAX } from '../platform/bounds.js';
import { RECORD_START } from './json-text.js';
import type { AuditRecord } from './record.js';
import { readRecord, type RecordTrouble } from './record-fields.js';

/** A record or a line that is none, and where it stands in its file. */
export type LogEntry =
  | { readonly kind: 'record'; readonly record: AuditRecord; readonly text: string; readonly place: Place }
  | {
      readonly kind: 'trouble';
      readonly trouble: RecordTrouble;
      readonly detail: string;
      readonly place: Place;
    };

/** `line` counts from 1 and is unknown where a file was not read from its start; `offset` is in bytes. */
export interface Place {
  readonly line: number | undefined;
  readonly offset: number;
}

/** Cuts the bytes of a log, which come in pieces, into entries. Holds at most one unfinished line. */
export interface LineCutter {
  /** The entries that these bytes complete. */
  push(bytes: Uint8Array): LogEntry[];
  /** What is left when no more bytes will come: an unfinished line is torn. */
  end(): LogEntry[];
}

const LINE_FEED = 0x0a;

/** A cutter for bytes that begin at the start of a line. */
export function createLineCutter(start: Place = { line: 1, offset: 0 }): LineCutter {
  let { line, offset } = start;
  let pieces: Uint8Array[] = [];
  let held = 0;
  const finish = (last: Uint8Array, ended: boolean): LogEntry[] => {
    const size = held + last.length;
    const place = { line, offset };
    offset += size + (ended ? 1 : 0);
    if (line !== undefined) line += 1;
    const whole = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    pieces = [];
    held = 0;
    if (size > AUDIT_LINE_BYTES_MAX) return [tooLong(size, place)];
    return entriesOf(Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString('utf8'), place);
  };
  const hold = (piece: Uint8Array): void => {
    held += piece.length;
    // Of a line that is too long only the length matters. The pieces are copied: readers reuse their buffer.
    if (held > AUDIT_LINE_BYTES_MAX) pieces = [];
    else if (piece.length > 0) pieces.push(Uint8Array.from(piece));
  };
  return {
    push(bytes) {
      const entries: LogEntry[] = [];
      let from = 0;
      for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
        for (const entry of finish(bytes.subarray(from, at), true)) entries.push(entry);
        from = at + 1;
      }
      hold(bytes.subarray(from));
      return entries;
    },
    end: () => (held === 0 ? [] : finish(new Uint8Array(0), false)),
  };
}

/**
 * The entries of one line: none where it is blank. A line that is not whole may still end with a
 * whole record, which another process appended to a torn one; records hold their start nowhere
 * else, so it cannot be forged.
 */
export function entriesOf(text: string, place: Place): LogEntry[] {
  if (text === '' || text === '\r') return [];
  const reading = readRecord(text);
  if (reading.kind === 'record') return [{ ...reading, text, place }];
  const start = reading.trouble === 'torn' ? text.lastIndexOf(RECORD_START) : 0;
  if (start <= 0) return [{ ...reading, place }];
  const rest = text.slice(start);
  const rescued = readRecord(rest);
  const torn: LogEntry = { ...reading, place };
  if (rescued.kind !== 'record') return [torn];
  const offset = place.offset + Buffer.byteLength(text.slice(0, start));
  return [torn, { ...rescued, text: rest, place: { line: place.line, offset } }];
}

/** What is reported of a line above AUDIT_LINE_BYTES_MAX, whose bytes are not kept. */
export function tooLong(size: number, place: Place): Extract<LogEntry, { readonly kind: 'trouble' }> {
  return { kind: 'trouble', trouble: 'too-long', detail: `the line has ${size} bytes`, place };
}

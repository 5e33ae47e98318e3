import type { ByteSpan } from './message.js';
import { ValueReader } from './value-reader.js';

/** One change of a text: these bytes in place of those. */
export interface Replacement {
  readonly span: ByteSpan;
  readonly bytes: Buffer;
}

/** The text with the replacements made; they must not overlap. All other bytes stay as they came. */
export function spliced(frame: Buffer, replacements: readonly Replacement[]): Buffer {
  const [only] = replacements;
  if (only !== undefined && replacements.length === 1) return splicedOnce(frame, only);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { span, bytes } of [...replacements].sort((a, b) => a.span.start - b.span.start)) {
    pieces.push(frame.subarray(from, span.start), bytes);
    from = span.end;
  }
  pieces.push(frame.subarray(from));
  return Buffer.concat(pieces);
}

/** Most requests of a gateway get a new id and nothing else. */
function splicedOnce(frame: Buffer, { span, bytes }: Replacement): Buffer {
  const text = Buffer.allocUnsafe(frame.length - (span.end - span.start) + bytes.length);
  frame.copy(text, 0, 0, span.start);
  bytes.copy(text, span.start);
  frame.copy(text, span.start + bytes.length, span.end);
  return text;
}

/**
 * Where the values at a path stand in a line that was found to be strict JSON. `*` stands for every
 * member or element. A path that leads nowhere has no spans.
 */
export function spansAt(frame: Buffer, path: readonly string[]): ByteSpan[] {
  const found: ByteSpan[] = [];
  walk(new ValueReader(frame), path, found);
  return found;
}

function walk(reader: ValueReader, path: readonly string[], found: ByteSpan[]): void {
  const byte = reader.next();
  const [step, ...rest] = path;
  if (step === undefined) {
    const start = reader.at;
    reader.skip();
    found.push({ start, end: reader.at });
  } else if (byte === 0x7b) {
    reader.object((key) => (step === '*' || key === step ? walk(reader, rest, found) : reader.skip()));
  } else if (byte === 0x5b && step === '*') {
    reader.array(() => walk(reader, rest, found));
  } else {
    reader.skip();
  }
}

/** The line without these members of the object at the path; all other bytes stay as they came. */
export function withoutMembers(frame: Buffer, path: readonly string[], names: readonly string[]): Buffer {
  const [object] = spansAt(frame, path);
  if (object === undefined || frame[object.start] !== 0x7b) return frame;
  const reader = new ValueReader(frame, object.start);
  const members: (ByteSpan & { readonly kept: boolean })[] = [];
  reader.object((key, start) => {
    reader.skip();
    members.push({ start, end: reader.at, kept: !names.includes(key) });
  });
  const lastKept = members.findLastIndex(({ kept }) => kept);
  const cuts = members.flatMap((member, index): ByteSpan[] => {
    if (member.kept) return [];
    // What stands before a member that stays goes up to it; what ends the object takes the comma before it along.
    const next = members[index + 1];
    if (index < lastKept && next !== undefined) return [{ start: member.start, end: next.start }];
    return [{ start: members[index - 1]?.end ?? member.start, end: member.end }];
  });
  return spliced(
    frame,
    cuts.map((span) => ({ span, bytes: NOTHING })),
  );
}

const NOTHING = Buffer.alloc(0);

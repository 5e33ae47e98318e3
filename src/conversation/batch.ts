/** What one read brought, in order, until the log holds its records: nothing leaves before. */
export interface Held<Call> {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The governed call that these bytes are; null for what policy does not judge. */
  readonly call: Call | null;
}

/** Joins neighbors, so that a read whose frames all pass leaves as one piece, and in one write. */
export function piecesOf(held: readonly Held<unknown>[]): Buffer[] {
  const pieces: Buffer[] = [];
  const [only] = held;
  if (only !== undefined && held.length === 1) return [pieceOf(only)];
  let open: { bytes: Buffer; start: number; end: number } | null = null;
  for (const { bytes, start, end } of held) {
    if (open !== null && open.bytes === bytes && open.end === start) {
      open.end = end;
      continue;
    }
    if (open !== null) pieces.push(pieceOf(open));
    open = { bytes, start, end };
  }
  if (open !== null) pieces.push(pieceOf(open));
  return pieces;
}

function pieceOf({ bytes, start, end }: Pick<Held<unknown>, 'bytes' | 'start' | 'end'>): Buffer {
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

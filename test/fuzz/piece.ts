/**
 * JSON text in a form that mutators can work on: scalars are raw text, right or wrong, and an
 * object is a list of members, so that it may hold the same key twice.
 */
export type Piece = string | ObjectPiece | ArrayPiece;

export interface ObjectPiece {
  readonly kind: 'object';
  readonly members: Member[];
}

export interface ArrayPiece {
  readonly kind: 'array';
  readonly items: Piece[];
}

export interface Member {
  /** Raw text, quotes included. */
  key: string;
  value: Piece;
}

/** An object piece; keys are given without quotes. */
export function object(members: readonly (readonly [string, Piece])[]): ObjectPiece {
  return { kind: 'object', members: members.map(([key, value]) => ({ key: JSON.stringify(key), value })) };
}

export function array(items: readonly Piece[]): ArrayPiece {
  return { kind: 'array', items: [...items] };
}

/** The text of a piece; `blank` gives the white space for each place where some may stand. */
export function textOf(piece: Piece, blank: () => string): string {
  if (typeof piece === 'string') return piece;
  if (piece.kind === 'array') {
    const items = piece.items.map((item) => `${blank()}${textOf(item, blank)}${blank()}`);
    return `[${items.join(',')}]`;
  }
  const members = piece.members.map(
    ({ key, value }) => `${blank()}${key}${blank()}:${blank()}${textOf(value, blank)}${blank()}`,
  );
  return `{${members.join(',')}}`;
}

/** Every object inside a piece, itself included, outermost first. */
export function objectsOf(piece: Piece, found: ObjectPiece[] = []): ObjectPiece[] {
  if (typeof piece === 'string') return found;
  if (piece.kind === 'array') {
    for (const item of piece.items) objectsOf(item, found);
    return found;
  }
  found.push(piece);
  for (const { value } of piece.members) objectsOf(value, found);
  return found;
}

/** A piece that shares nothing with this one. */
export function copyOf(piece: Piece): Piece {
  if (typeof piece === 'string') return piece;
  if (piece.kind === 'array') return { kind: 'array', items: piece.items.map(copyOf) };
  return {
    kind: 'object',
    members: piece.members.map(({ key, value }) => ({ key, value: copyOf(value) })),
  };
}

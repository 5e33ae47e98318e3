/**
 * Makes texts with `make`, a pure function, and keeps the last one with what it was made of: most
 * members of a record are those of the record before it.
 */
export function repeated<Parts extends readonly (string | boolean | null)[]>(
  make: (...parts: Parts) => string,
): (...parts: Parts) => string {
  let last: Parts | undefined;
  let text = '';
  return (...parts) => {
    if (last === undefined || !isSame(parts, last)) {
      text = flat(make(...parts));
      last = parts;
    }
    return text;
  };
}

/**
 * The text in one piece. One that was joined from pieces is a tree of them inside V8, and is walked
 * again for every record that it becomes a part of. Unpaired surrogates do not survive.
 */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

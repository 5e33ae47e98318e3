/** Space or tab: the only white space that a one-line message may hold. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The offset behind the number that begins at `start`; minus the offset of the fault, minus 1, where it is none. */
export function scanNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === 0x2d) at++;
  if (at >= end || !isDigit(bytes[at])) return -at - 1;
  if (bytes[at] === 0x30) at++;
  else at = digits(bytes, at, end);
  if (at < end && bytes[at] === 0x2e) {
    const after = digits(bytes, at + 1, end);
    if (after === at + 1) return -after - 1;
    at = after;
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    at++;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    const after = digits(bytes, at, end);
    if (after === at) return -after - 1;
    at = after;
  }
  return at;
}

function digits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at])) at++;
  return at;
}

const LITERALS = new Map(['true', 'false', 'null'].map((text) => [text.charCodeAt(0), Buffer.from(text)]));

/** The offset behind `true`, `false` or `null`; minus the offset of the fault, minus 1, for anything else. */
export function scanLiteral(bytes: Uint8Array, start: number, end: number, first: number): number {
  const literal = LITERALS.get(first);
  if (literal === undefined || start + literal.length > end) return -start - 1;
  for (let index = 1; index < literal.length; index++) {
    if (bytes[start + index] !== literal[index]) return -start - index - 1;
  }
  return start + literal.length;
}

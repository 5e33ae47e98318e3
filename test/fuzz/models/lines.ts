/** How readers of a stream get lines of text from its bytes. */
export type LineReader = (bytes: Buffer) => string[];

/** What str.splitlines splits at. */
// oxlint-disable-next-line no-control-regex -- control characters are separators to some readers
const SEPARATOR = /\r\n|[\n\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]/;

/** Lines end at 0x0A only. */
export function byLineFeed(bytes: Buffer): string[] {
  return bytes.toString('utf8').split('\n');
}

/** Python's text streams: universal newlines. */
export function byUniversalNewline(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(/\r\n|\r|\n/);
}

/** Python's str.splitlines, and Node 24's readline. */
export function byAnySeparator(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(SEPARATOR);
}

/** The same on bytes, each taken for a Latin-1 character, so that 0x85 inside a character is a line end. */
export function byAnySeparatorByte(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split(SEPARATOR)
    .map((line) => Buffer.from(line, 'latin1').toString('utf8'));
}

/** C programs that read up to NUL as well. */
export function byLineFeedOrNul(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(/[\n\0]/);
}

/** Readers that cut white space and marks off both ends, as trim() does. */
export function byTrimmedLine(bytes: Buffer): string[] {
  return bytes
    .toString('utf8')
    .split(/\r?\n/)
    .map((line) => line.trim());
}

/** Python's json.loads on bytes: the encoding is guessed from the first four of each line. */
export function byGuessedEncoding(bytes: Buffer): string[] {
  const texts: string[] = [];
  let start = 0;
  while (start <= bytes.length) {
    const lf = bytes.indexOf(0x0a, start);
    const end = lf === -1 ? bytes.length : lf;
    texts.push(guessed(bytes.subarray(start, end)));
    start = end + 1;
  }
  return texts;
}

function guessed(line: Buffer): string {
  const [a, b] = line;
  if (a === 0xff && b === 0xfe) return line.toString('utf16le', 2);
  if (a === 0xfe && b === 0xff) return bigEndian(line.subarray(2));
  if (a === 0 && b !== 0) return bigEndian(line);
  if (a !== 0 && b === 0) return line.toString('utf16le');
  return line.toString('utf8').replace(/^\ufeff/, '');
}

function bigEndian(line: Buffer): string {
  return Buffer.from(line.subarray(0, line.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** Servers that take framed messages, as language servers do: a length, an empty line, that many bytes. */
export function byContentLength(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  const bodies: string[] = [];
  for (const header of text.matchAll(/^content-length: *(\d{1,9})\r?\n(?:[^\n]+\n)*?\r?\n/gim)) {
    const start = header.index + header[0].length;
    bodies.push(bytes.toString('utf8', start, start + Number(header[1])));
  }
  return bodies;
}

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The JSON text of an HTTP body as one line with its line feed. HTTP bodies may be written over several
 * lines; line feeds, carriage returns and tabs between tokens become spaces. Inside strings, where JSON
 * forbids them, they stay and are found by the inspector. Always a copy: the body's buffer is the server's.
 */
export function lineOfBody(body: Buffer): Buffer {
  const line = Buffer.allocUnsafe(body.length + 1);
  body.copy(line);
  line[body.length] = LF;
  if (body.includes(LF) || body.includes(CR) || body.includes(TAB)) blankBetweenTokens(line, body.length);
  return line;
}

function blankBetweenTokens(line: Buffer, end: number): void {
  let inString = false;
  for (let at = 0; at < end; at++) {
    const byte = line[at] as number;
    if (byte === QUOTE) inString = !inString;
    else if (inString && byte === BACKSLASH) at++;
    else if (!inString && (byte === LF || byte === CR || byte === TAB)) line[at] = SPACE;
  }
}

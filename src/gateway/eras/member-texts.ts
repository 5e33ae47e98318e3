import { spansAt } from '../../jsonrpc/splice.js';
import { ValueReader } from '../../jsonrpc/value-reader.js';

/** The members of the object at a path by their keys, each value as its own JSON text; none where no object stands. */
export function memberTexts(line: Buffer, path: readonly string[]): Map<string, Buffer> {
  const texts = new Map<string, Buffer>();
  const [object] = spansAt(line, path);
  if (object === undefined || line[object.start] !== 0x7b) return texts;
  const reader = new ValueReader(line, object.start);
  reader.object((key) => {
    const start = reader.at;
    reader.skip();
    // A copy: what is kept for a while must not keep everything that came with it.
    texts.set(key, Buffer.from(line.subarray(start, reader.at)));
  });
  return texts;
}

/** An object of these members as JSON text, in their order. */
export function objectText(members: ReadonlyMap<string, Buffer>): Buffer {
  const pieces = [...members].flatMap(([key, text], index) => [
    Buffer.from(`${index === 0 ? '' : ','}${JSON.stringify(key)}:`),
    text,
  ]);
  return Buffer.concat([OPEN, ...pieces, CLOSE]);
}

/** A whole message of these members, as a line. */
export function messageLine(members: readonly (readonly [string, Buffer])[]): Buffer {
  return Buffer.concat([objectText(new Map([['jsonrpc', VERSION], ...members])), LF]);
}

const OPEN = Buffer.from('{');
const CLOSE = Buffer.from('}');
const LF = Buffer.from('\n');
const VERSION = Buffer.from('"2.0"');

import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import { arrayElements } from '../jsonrpc/array-elements.js';
import type { ByteSpan } from '../jsonrpc/message.js';

/**
 * A tools/list answer without the tools that `hidden` names, or null when none is hidden. The other
 * tools and all else keep their bytes; `tools` is where the value of `result.tools` stands.
 */
export function withoutTools(
  frame: Buffer,
  tools: ByteSpan,
  result: JsonObject,
  hidden: (name: string) => boolean,
): Buffer | null {
  const definitions = member(result, 'tools');
  if (!Array.isArray(definitions)) return null;
  const elements = arrayElements(frame, tools);
  const kept: Buffer[] = [];
  for (const [index, definition] of definitions.entries()) {
    const name = isJsonObject(definition) ? member(definition, 'name') : undefined;
    const element = elements[index];
    if (element === undefined || (typeof name === 'string' && hidden(name))) continue;
    if (kept.length > 0) kept.push(COMMA);
    kept.push(frame.subarray(element.start, element.end));
  }
  const visible = kept.length === 0 ? 0 : (kept.length + 1) / 2;
  if (visible === definitions.length) return null;
  return Buffer.concat([frame.subarray(0, tools.start + 1), ...kept, frame.subarray(tools.end - 1)]);
}

const COMMA = Buffer.from(',');

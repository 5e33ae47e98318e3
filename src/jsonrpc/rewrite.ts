import { spansAt, spliced, type Replacement } from './splice.js';
import type { ByteSpan, RequestMessage } from './message.js';

/** JSON text of a value as bytes. */
export function jsonBytes(value: string | number | readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** What stands at a path in place of what the client wrote there. */
export interface NameChange {
  readonly path: readonly string[];
  readonly value: string | readonly string[];
}

/** What a request carries in place of what its client wrote; all other bytes stay. */
export interface RequestChanges {
  readonly id: { readonly span: ByteSpan; readonly value: number };
  /** The progress token, where there is one. */
  readonly token: ByteSpan | undefined;
  /** Where a name stands that the server knows by another one. */
  readonly name?: NameChange | undefined;
}

/** A client's request under the gateway's id, which is its progress token as well. */
export function rewrittenRequest(line: Buffer, { id, token, name }: RequestChanges): Buffer {
  const number = jsonBytes(id.value);
  const replacements: Replacement[] = [{ span: id.span, bytes: number }];
  if (token !== undefined) replacements.push({ span: token, bytes: number });
  if (name !== undefined) {
    const [span] = spansAt(line, name.path);
    if (span !== undefined) replacements.push({ span, bytes: jsonBytes(name.value) });
  }
  return spliced(line, replacements);
}

/** The message of a line whose id was rewritten and nothing else, so that it need not be inspected again. */
export function renumbered(
  message: RequestMessage,
  { span, value }: RequestChanges['id'],
  added: number,
): RequestMessage {
  const { argumentsSpan: found } = message;
  const moved =
    found === undefined || found.end <= span.start
      ? found
      : { start: found.start + added, end: found.end + added };
  return { ...message, id: value, argumentsSpan: moved };
}

/** The line with the value at a path replaced by this JSON text; as it is where the path leads nowhere. */
export function withValueAt(line: Buffer, path: readonly string[], value: Buffer): Buffer {
  const [span] = spansAt(line, path);
  return span === undefined ? line : spliced(line, [{ span, bytes: value }]);
}

/** The JSON text that stands at a path; undefined where it leads nowhere. */
export function textAt(line: Buffer, path: readonly string[]): Buffer | undefined {
  const [span] = spansAt(line, path);
  return span === undefined ? undefined : line.subarray(span.start, span.end);
}

/** The line without its line feed. */
export function bare(line: Buffer): Buffer {
  return line.length > 0 && line[line.length - 1] === 0x0a ? line.subarray(0, -1) : line;
}

import { ClientInspector } from '../../src/jsonrpc/inspect.js';
import type { Message, Refusal } from '../../src/jsonrpc/message.js';
import { KNOWN_PARAMS } from '../../src/mcp/methods.js';

const inspector = new ClientInspector(KNOWN_PARAMS);
const BEFORE = Buffer.from('{"earlier":"frame"}\n');
const BEHIND = Buffer.from('\n{"later":"frame"}\n');

/** What the inspector makes of a line that stands between two others in one buffer. */
export function inspectLine(line: string | Buffer): Message | Refusal {
  const bytes = Buffer.concat([BEFORE, Buffer.from(line), BEHIND]);
  return inspector.inspect(bytes, BEFORE.length, bytes.length - BEHIND.length);
}

/** The same in one word: the kind of message, or the reason of the refusal. */
export function verdictOf(line: string | Buffer): string {
  const found = inspectLine(line);
  return found.kind === 'refusal' ? found.reason : found.kind;
}

/** A line with these members behind `jsonrpc`. */
export function rpc(members: string): string {
  return `{"jsonrpc":"2.0",${members}}`;
}

/** A tool call with these params. */
export function callWith(params: string): string {
  return rpc(`"id":1,"method":"tools/call","params":${params}`);
}

/** A tool call with these arguments. */
export function withArguments(text: string): string {
  return callWith(`{"name":"read_file","arguments":${text}}`);
}

import type { Translation, TranslationPort } from '../../../src/gateway/eras/translation.js';
import { MODERN_REVISION } from '../../../src/mcp/era.js';
import type { JsonObject } from '../../../src/platform/json.js';
import { eventually } from '../../support/eventually.js';

/** A port that a test looks into; its time and its handles are the test's. */
export interface HeldPort extends TranslationPort {
  /** Lines for the client, as text without the line feed, in order. */
  readonly said: string[];
  /** Lines that the translation sent to the server on its own. */
  readonly sent: string[];
  time: number;
}

/** Ids of the translation's own begin behind this one, handles are `handle-1` and so on. */
const OWN_IDS_FROM = 1000;

export function heldPort(capabilities: JsonObject = {}): HeldPort {
  let ids = OWN_IDS_FROM;
  let handles = 0;
  const port: HeldPort = {
    said: [],
    sent: [],
    time: 0,
    toClient: (line) => void port.said.push(textOf(line)),
    toServer: (line) => void port.sent.push(textOf(line)),
    nextId: () => (ids += 1),
    newHandle: () => `handle-${(handles += 1)}`,
    nowMs: () => port.time,
    client: { capabilities, clientInfo: { name: 'client', version: '1' } },
  };
  return port;
}

/** A line's text; a line without its line feed, or with two, is a mistake. */
export function textOf(line: Buffer): string {
  const text = line.toString('utf8');
  if (text.indexOf('\n') !== text.length - 1) throw new Error(`no whole line: ${text}`);
  return text.slice(0, -1);
}

/** What the server gets of a client's line. */
export function toServer(translation: Translation, text: string): string[] {
  return translation.toServer(Buffer.from(`${text}\n`)).map(textOf);
}

/** Hands a line of the server to the translation. */
export function fromServer(translation: Translation, text: string): void {
  translation.fromServer(Buffer.from(`${text}\n`));
}

/** Waits until the client was told so many lines, and reads the last of them. */
export async function told(port: HeldPort, count: number): Promise<JsonObject> {
  await eventually(`${count} lines for the client`, () => port.said.length >= count);
  if (port.said.length > count) throw new Error(`more than ${count} lines: ${port.said.join('\n')}`);
  return JSON.parse(port.said.at(-1) ?? '') as JsonObject;
}

/** A request with these params as they are written. */
export function request(id: number | string, method: string, params?: string): string {
  const rest = params === undefined ? '' : `,"params":${params}`;
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"${method}"${rest}}`;
}

export function notification(method: string, params?: string): string {
  const rest = params === undefined ? '' : `,"params":${params}`;
  return `{"jsonrpc":"2.0","method":"${method}"${rest}}`;
}

export function result(id: number | string, value: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${value}}`;
}

export function error(id: number | string, code: number, more = ''): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":{"code":${code},"message":"m"${more}}}`;
}

/** The members of a modern envelope as they are written, for a client with these capabilities. */
export function envelope(capabilities = '{}', more = ''): string {
  const prefix = 'io.modelcontextprotocol/';
  return (
    `"${prefix}protocolVersion":"${MODERN_REVISION}",` +
    `"${prefix}clientInfo":{"name":"client","version":"1"},` +
    `"${prefix}clientCapabilities":${capabilities}${more}`
  );
}

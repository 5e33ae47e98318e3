import type { JsonObject } from '../../platform/json.js';

/** What a translation works with. Lines are whole, with their line feed. */
export interface TranslationPort {
  /** Gives the client's side a line, as if the server had said it in the client's era. */
  readonly toClient: (line: Buffer) => void;
  /** Sends a line to the server in its own era. */
  readonly toServer: (line: Buffer) => void;
  /** An id for a request of the translation's own, whose answers and notifications come back to it. */
  readonly nextId: () => number;
  /** A text that nobody can guess. */
  readonly newHandle: () => string;
  readonly nowMs: () => number;
  /** What a client of the older era said of itself. */
  readonly client: { readonly capabilities: JsonObject; readonly clientInfo: JsonObject };
}

/** Stands between a client of one era and a server of the other. */
export interface Translation {
  /** The client's line as the server is to read it; none where guard answers itself. */
  toServer(line: Buffer): Buffer[];
  /** Takes a line of the server; what the client is to read of it goes to the port. */
  fromServer(line: Buffer): void;
  /** The server is gone, and with it every call; another one may take its place. */
  restarted(): void;
  /** Gives up what has waited for too long. */
  expire(): void;
}

/** One message as JSON, to be looked at; what is sent on is made of its bytes. */
export function messageIn(line: Buffer): JsonObject {
  return JSON.parse(line.toString('utf8')) as JsonObject;
}

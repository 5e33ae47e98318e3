import type { JsonObject } from '../platform/json.js';

/** The four behavior hints of a tool. They are claims of the server. */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What the catalog knows of the tool that a call names. */
export type ToolStanding =
  /** No complete list was seen yet. */
  | 'unknown'
  /** On the server's list, with the definition that was first seen. */
  | 'listed'
  /** A complete list was seen and the tool is not on it. */
  | 'unlisted'
  /** On the list, but its definition changed after it was first seen, or it is listed twice. */
  | 'drifted';

/** Everything that policy may look at. Built by a door; policy never sees the message itself. */
export interface Subject {
  readonly method: string;
  /** False for a request method that no revision of the protocol defines. */
  readonly knownMethod: boolean;
  readonly server: string;
  readonly agent: string | undefined;
  readonly client: string | undefined;
  readonly session: string | undefined;
  /** The tool's name on tools/call, else undefined. */
  readonly tool: string | undefined;
  /** The resource on resources/read and resources/subscribe, else undefined. */
  readonly uri: string | undefined;
  /** The prompt's name on prompts/get, else undefined. */
  readonly prompt: string | undefined;
  readonly standing: ToolStanding;
  /** The protocol's defaults where the tool is not listed or its definition is not trusted. */
  readonly hints: ToolHints;
  /** `arguments` of tools/call and prompts/get, else `params`; empty where there are none. */
  readonly input: JsonObject;
}

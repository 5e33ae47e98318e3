import type { ToolStanding } from '../mcp/catalog.js';
import type { ToolHints } from '../mcp/hints.js';
import type { JsonObject } from '../platform/json.js';

export type { ToolHints, ToolStanding };

/** Everything that policy may look at. Built by a door; policy never sees the message itself. */
export interface Subject {
  readonly method: string;
  /** False for a request method that no revision of the protocol defines. */
  readonly knownMethod: boolean;
  readonly server: string;
  readonly agent: string | undefined;
  readonly client: string | undefined;
  readonly session: string | undefined;
  /** The claims of the caller's verified token; undefined where nobody is verified, as at the stdio door. */
  readonly claims: JsonObject | undefined;
  /** The scopes of the caller's verified token; undefined where nobody is verified. */
  readonly scopes: readonly string[] | undefined;
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

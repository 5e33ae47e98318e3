import { isJsonObject, member, type JsonObject } from '../platform/json.js';

/** The four behavior hints of a tool. They are claims of the server. */
export interface ToolHints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What a tool without annotations is taken for (MCP schema, ToolAnnotations): the worst. */
export const DEFAULT_HINTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/**
 * The hints of a tool definition, absent ones as the protocol's defaults. A definition with a hint
 * that is no boolean is not trusted at all: every hint counts as its default.
 */
export function readHints(tool: JsonObject): ToolHints {
  const annotations = member(tool, 'annotations');
  if (!isJsonObject(annotations)) return DEFAULT_HINTS;
  const hint = (name: keyof ToolHints): boolean | undefined => {
    const value = member(annotations, name);
    if (value === undefined) return DEFAULT_HINTS[name];
    return typeof value === 'boolean' ? value : undefined;
  };
  const readOnlyHint = hint('readOnlyHint');
  const destructiveHint = hint('destructiveHint');
  const idempotentHint = hint('idempotentHint');
  const openWorldHint = hint('openWorldHint');
  if (
    readOnlyHint === undefined ||
    destructiveHint === undefined ||
    idempotentHint === undefined ||
    openWorldHint === undefined
  ) {
    return DEFAULT_HINTS;
  }
  // destructiveHint means something only for tools that are not read-only (same schema).
  const destroys =
    member(annotations, 'destructiveHint') === undefined && readOnlyHint ? false : destructiveHint;
  return { readOnlyHint, destructiveHint: destroys, idempotentHint, openWorldHint };
}

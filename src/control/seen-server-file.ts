import { createHash } from 'node:crypto';
import { SEEN_TOOLS_MAX } from '../platform/bounds.js';
import { isJsonObject, type JsonValue, member, parseJson } from '../platform/json.js';

/** A tool as a server's list showed it. The hints are the server's claims. */
interface SeenTool {
  readonly name: string;
  /** `drifted`: its definition is not the one that was first seen. */
  readonly standing: 'listed' | 'drifted';
  readonly hints: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
}

/** What a guard saw last of a server's tools. */
export interface SeenServer {
  readonly server: string;
  /** The process that saw it. */
  readonly pid: number;
  /** Tells the process from another one that gets its pid later; null where the system does not tell. */
  readonly started: string | null;
  /** When, RFC 3339. */
  readonly seen: string;
  /** At most SEEN_TOOLS_MAX; `more` counts the others. */
  readonly tools: readonly SeenTool[];
  readonly more: number;
}

/** The name of the file about this server; whatever its name holds, it is one name. */
export function seenServerFileName(server: string): string {
  return `${createHash('sha256').update(server).digest('hex').slice(0, 32)}.json`;
}

/** The file's content as a value. */
export function seenServerFile({ tools, more, ...seen }: SeenServer): object {
  const kept = tools.slice(0, SEEN_TOOLS_MAX);
  return { v: 1, ...seen, tools: kept, more: more + tools.length - kept.length };
}

/** What a file of this name says; undefined where it is not what guard writes. */
export function readSeenServerText(name: string, text: string): SeenServer | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value) || member(value, 'v') !== 1) return undefined;
  const server = member(value, 'server');
  const seen = member(value, 'seen');
  const tools = member(value, 'tools');
  const more = member(value, 'more');
  const pid = member(value, 'pid');
  const started = member(value, 'started');
  const fits =
    typeof server === 'string' &&
    seenServerFileName(server) === name &&
    typeof seen === 'string' &&
    isCount(more) &&
    isCount(pid) &&
    (started === null || typeof started === 'string') &&
    Array.isArray(tools) &&
    tools.length <= SEEN_TOOLS_MAX &&
    tools.every(isTool);
  return fits ? { server, pid, started, seen, more, tools: tools as unknown as SeenTool[] } : undefined;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

function isTool(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const hints = member(value, 'hints');
  const standing = member(value, 'standing');
  return (
    typeof member(value, 'name') === 'string' &&
    (standing === 'listed' || standing === 'drifted') &&
    isJsonObject(hints) &&
    HINTS.every((hint) => typeof member(hints, hint) === 'boolean')
  );
}

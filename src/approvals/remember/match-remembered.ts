import type { ToolStanding } from '../../mcp/catalog.js';
import type { JsonObject } from '../../platform/json.js';
import type { PolicyPorts } from '../../policy/ports.js';
import { conditionsHold } from './conditions.js';
import type { RememberedEntry } from './entry.js';

/** What a remembered answer is held against. */
export interface RememberableCall {
  readonly server: string;
  readonly method: string;
  readonly tool: string | null;
  readonly target: string | null;
  /** Digest of the tool's definition; null where the server's list was not seen. */
  readonly definition: string | null;
  /** The rules that ask for the approval, as `layer/name`. */
  readonly rules: readonly string[];
  /** Absolute folder in which guard was started. */
  readonly project: string;
  readonly arguments: JsonObject;
  readonly standing: ToolStanding;
  readonly destructive: boolean;
}

/** What matching needs beside the call. */
export interface MatchContext {
  /** Wall-clock time, for expiry. */
  readonly nowMs: number;
  readonly ports: PolicyPorts;
}

/**
 * Whether an earlier answer stands for this call too. Names are compared, never globbed; every rule
 * that asks must be one that the answer was given for; what is uncertain is not covered. Never throws.
 */
export function coversCall(
  entry: RememberedEntry,
  call: RememberableCall,
  { nowMs, ports }: MatchContext,
): boolean {
  return (
    isSameTool(entry, call) &&
    !call.destructive &&
    call.standing === 'listed' &&
    isInScope(entry, call.project) &&
    !isExpired(entry, nowMs) &&
    call.rules.length > 0 &&
    call.rules.every((rule) => entry.rules.includes(rule)) &&
    conditionsHold(entry.input, call.arguments, call.project, ports)
  );
}

/** Whether the entry's time is over; a time that cannot be read is. */
export function isExpired(entry: RememberedEntry, nowMs: number): boolean {
  return entry.expires_at !== null && !(Date.parse(entry.expires_at) > nowMs);
}

function isSameTool(entry: RememberedEntry, call: RememberableCall): boolean {
  return (
    entry.server === call.server &&
    entry.method === call.method &&
    entry.tool !== null &&
    entry.tool === call.tool &&
    entry.target === call.target &&
    entry.definition !== null &&
    entry.definition === call.definition
  );
}

function isInScope(entry: RememberedEntry, project: string): boolean {
  switch (entry.scope) {
    // Such an entry is kept by the one process whose session it is.
    case 'session':
    case 'user':
      return true;
    case 'project':
      return entry.project === project;
  }
}

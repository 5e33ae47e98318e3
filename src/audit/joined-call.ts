import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../platform/json.js';
import type { Call } from './call-scan.js';

/**
 * A call as one object: the members of its decision, then those of its outcome that the decision does
 * not have, `answered` for the time of the outcome. Of a call with one half, the other's members are
 * absent. `type` is `call`; of other records it is their own, and they are as they stand.
 */
export function joinedCall(call: Call<string>): JsonObject {
  switch (call.kind) {
    case 'call':
      return { ...asCall(read(call.decision)), ...ending(read(call.outcome)) };
    case 'unanswered':
      return asCall(read(call.decision));
    case 'outcome': {
      const outcome = read(call.outcome);
      return { ...asCall(outcome), ...ending(outcome) };
    }
    case 'other':
      break;
  }
  return read(call.record);
}

function asCall(record: JsonObject): JsonObject {
  return { ...record, type: 'call' };
}

/** What an outcome adds; `seq` and `prev` are of the decision, by which a reader finds both. */
function ending(outcome: JsonObject): JsonObject {
  const added: JsonObject = { answered: outcome['ts'] ?? null };
  for (const [name, value] of Object.entries(outcome)) if (!SHARED.has(name)) added[name] = value;
  return added;
}

/** Members of an outcome that its decision has too. */
const SHARED: ReadonlySet<string> = new Set([
  'v',
  'type',
  'ts',
  'writer',
  'seq',
  'prev',
  'upstream',
  'session',
  'agent',
  'request_id',
  'method',
  'tool',
  'http_request_id',
]);

/** The scan took the line for a record. */
function read(line: string): JsonObject {
  const value: JsonValue | undefined = parseJson(line);
  return isJsonObject(value) ? value : {};
}

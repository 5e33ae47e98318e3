import { createRecordEncoder, type RecordConstants, type RecordEncoder, type RecordHeads } from './encode.js';
import type { KnownSecrets } from './redaction/known-secrets.js';
import { createMask, maskedValue, type Mask } from './redaction/mask.js';

/** Members that guard makes itself, and those that redaction has looked through already. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['request_id', 'arg_hash', 'arguments', 'response']);

/**
 * An encoder whose records hold none of the known secrets, in whatever member they came: the one place
 * that every record passes. Without secrets it costs nothing.
 */
export function createMaskedEncoder(
  constants: RecordConstants,
  known: KnownSecrets | undefined,
  heads?: RecordHeads,
): RecordEncoder {
  if (known === undefined) return createRecordEncoder(constants, heads);
  const mask = createMask(known);
  const encoder = createRecordEncoder(maskedValue(constants, mask), heads);
  const shown = <Fields extends object>(fields: Fields): Fields =>
    known.size === 0 ? fields : maskedFields(fields, mask);
  return {
    session: (ts, fields) => encoder.session(ts, shown(fields)),
    decision: (ts, fields) => encoder.decision(ts, shown(fields)),
    outcome: (ts, fields) => encoder.outcome(ts, shown(fields)),
    refusal: (ts, fields) => encoder.refusal(ts, shown(fields)),
    event: (ts, fields) => encoder.event(ts, shown(fields)),
    checkpoint: (ts, fields) => encoder.checkpoint(ts, fields),
  };
}

/** The fields themselves where nothing has to be hidden, as nearly always; names of members are guard's own. */
function maskedFields<Fields extends object>(fields: Fields, mask: Mask): Fields {
  const hidden = new Map<string, unknown>();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'number' || typeof value === 'boolean' || AS_THEY_ARE.has(name)) continue;
    if (value === null || value === undefined) continue;
    const after: unknown = maskedValue(value, mask);
    if (after !== value) hidden.set(name, after);
  }
  return hidden.size === 0 ? fields : { ...fields, ...Object.fromEntries(hidden) };
}

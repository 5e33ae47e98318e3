import { canonicalBytes } from '../jsonrpc/canonical-bytes.js';
import { withoutMembers } from '../jsonrpc/splice.js';
import { canonicalJson } from '../platform/canonical-json.js';
import type { GovernedCall } from './ruling.js';

/** The canonical text of everything that is asked for, as it came; ids of one attempt are left out. */
export function paramText({ params, paramBytes }: GovernedCall): string {
  const given = paramBytes();
  if (given !== undefined) return canonicalBytes(withoutMembers(given, [], ['_meta']));
  const { _meta, ...rest } = params ?? {};
  // What the server asks is never the call of a client, whatever it says.
  return params === undefined ? '' : `server ${canonicalJson(rest)}`;
}

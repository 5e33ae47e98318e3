import { CLIENT_CALL_MS } from '../../platform/bounds.js';
import type { ConfigDocument, Member, MapNode } from '../formats/tree.js';
import { memberOf } from '../formats/tree.js';
import type { FileKind } from './file-plan.js';
import type { EntryNote } from './file-plan.js';
import type { SpliceResult } from './list-head.js';
import { insertBefore, removeMember } from './member-edit.js';

type TimeoutNote = NonNullable<EntryNote['timeout']>;

/**
 * Raises the client's limit of one call to CLIENT_CALL_MS, so that a call can wait for a person.
 * Undefined where it is as high already, or the client has no such key.
 */
export function raiseTimeout(
  document: ConfigDocument,
  entry: MapNode,
  place: { readonly holder: MapNode; readonly command: Member },
  { timeout, callMs }: FileKind['client'],
): { readonly result: SpliceResult; readonly note: TimeoutNote } | undefined {
  if (timeout === undefined) return undefined;
  const { key, unit } = timeout;
  const written = String(unit === 's' ? CLIENT_CALL_MS / 1000 : CLIENT_CALL_MS);
  const member = memberOf(entry, key);
  if (member === undefined) {
    if ((callMs ?? 0) >= CLIENT_CALL_MS || place.holder !== entry) return undefined;
    const result = insertBefore(document, entry, place.command, key, written);
    return { result, note: { key, written, before: null } };
  }
  const { value } = member;
  if (value.kind !== 'scalar' || value.number === undefined || value.number >= Number(written))
    return undefined;
  const result: SpliceResult = { kind: 'splice', splice: { range: value.range, text: written } };
  return { result, note: { key, written, before: value.raw } };
}

/** Puts back what `raiseTimeout` changed; undefined where somebody changed it since. */
export function lowerTimeout(
  document: ConfigDocument,
  entry: MapNode,
  { key, written, before }: TimeoutNote,
): SpliceResult | undefined {
  const member = memberOf(entry, key);
  if (member?.value.kind !== 'scalar' || member.value.raw !== written) return undefined;
  if (before === null) return removeMember(document, entry, member);
  return { kind: 'splice', splice: { range: member.value.range, text: before } };
}

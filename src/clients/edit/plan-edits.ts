import { CLIENT_ENTRIES_MAX } from '../../platform/bounds.js';
import { textDigest } from '../../platform/text-digest.js';
import { readAgain, readDocument } from '../formats/read-document.js';
import type { ConfigDocument, MapNode, Node } from '../formats/tree.js';
import { targetOf } from './entry-target.js';
import { type EntryNote, type FileKind, pathKey } from './file-plan.js';
import { type Entry, findEntries } from './find-entries.js';
import { meaningOf } from './same-meaning.js';
import { applySplices, type Splice } from './splice.js';

/** What is to be done to one entry. */
export interface PlannedEdit {
  readonly entry: Entry;
  readonly splices: readonly Splice[];
  /** The words that the entry starts afterwards; undefined where it is another kind of entry then. */
  readonly words: readonly (string | undefined)[] | undefined;
  /** Members that change on purpose, beside the command and its arguments. */
  readonly changedKeys: readonly string[];
  readonly note: Omit<EntryNote, 'digest'>;
}

/** The servers of a file that was read, or why there are none to be had. */
export type OpenedFile =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'opened'; readonly document: ConfigDocument; readonly entries: readonly Entry[] };

/** Reads a file and finds its servers. */
export function openFile(bytes: Uint8Array, file: FileKind): OpenedFile {
  const reading = readDocument(bytes, file.format);
  if (reading.kind === 'refused') return reading;
  const found = findEntries(reading.document, file);
  if (found.kind === 'refused') return found;
  if (found.entries.length > CLIENT_ENTRIES_MAX) {
    return { kind: 'refused', why: `has ${found.entries.length} servers, more than ${CLIENT_ENTRIES_MAX}` };
  }
  return { kind: 'opened', document: reading.document, entries: found.entries };
}

/** The digest of what an entry means, by which a later change is noticed. */
export function entryDigest(node: MapNode): string {
  return textDigest(meaningOf(node));
}

/** A file as it will be, checked; or what would be wrong with it. */
export type CheckedEdits =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'checked'; readonly after: ConfigDocument; readonly notes: readonly EntryNote[] };

/**
 * Carries out edits and reads the result again: it must be a file that its client can read, every
 * entry that was edited must start what was meant, and all else must mean what it meant.
 */
export function checkedEdits(
  before: ConfigDocument,
  edits: readonly PlannedEdit[],
  file: FileKind,
): CheckedEdits {
  const text = applySplices(
    before.text,
    edits.flatMap(({ splices }) => splices),
  );
  const reading = readAgain(before, text, file.format);
  if (reading.kind === 'refused') return { kind: 'refused', why: `would be broken: it ${reading.why}` };
  const after = reading.document;
  const found = findEntries(after, file);
  if (found.kind === 'refused') return { kind: 'refused', why: `would be broken: it ${found.why}` };
  const byPath = new Map(found.entries.map((entry) => [pathKey(entry.path), entry]));
  const exemptBefore = new Map<Node, ReadonlySet<string> | 'all'>();
  const exemptAfter = new Map<Node, ReadonlySet<string> | 'all'>();
  const notes: EntryNote[] = [];
  for (const edit of edits) {
    const changed = byPath.get(pathKey(edit.entry.path));
    if (changed === undefined) return { kind: 'refused', why: `would lose its server ${edit.entry.name}` };
    const isAsMeant = exempt(edit, edit.entry.node, file, exemptBefore, undefined);
    if (!isAsMeant || !exempt(edit, changed.node, file, exemptAfter, edit.words)) {
      return { kind: 'refused', why: `would not start the server ${edit.entry.name} as meant` };
    }
    notes.push({ ...edit.note, digest: entryDigest(changed.node) });
  }
  if (meaningOf(before.root, exemptBefore) !== meaningOf(after.root, exemptAfter)) {
    return { kind: 'refused', why: 'would change in meaning elsewhere' };
  }
  return { kind: 'checked', after, notes };
}

/** Notes what of an entry changes on purpose; false where it does not start these words. */
function exempt(
  edit: PlannedEdit,
  node: MapNode,
  { client }: FileKind,
  map: Map<Node, ReadonlySet<string> | 'all'>,
  words: PlannedEdit['words'],
): boolean {
  if (edit.words === undefined) {
    map.set(node, 'all');
    return true;
  }
  const target = targetOf(node, client.shape);
  if (target.kind !== 'words' && target.kind !== 'list') return false;
  if (words !== undefined && JSON.stringify(target.words) !== JSON.stringify(words)) return false;
  if (edit.changedKeys.length > 0) map.set(node, new Set(edit.changedKeys));
  map.set(target.holder, new Set([target.command.key, 'args', ...edit.changedKeys]));
  return true;
}

import type { Entry } from './find-entries.js';
import { targetOf } from './entry-target.js';
import { type EntryNote, type EntryResult, type FileKind, type FilePlan, pathKey } from './file-plan.js';
import { checkedEdits, openFile, type PlannedEdit } from './plan-edits.js';
import { unbridgeEntry } from './remote-entry.js';
import type { Splice } from './splice.js';
import { lowerTimeout } from './timeout-edit.js';
import { unwrapEntry } from './wrap-entry.js';
import type { ConfigDocument } from '../formats/tree.js';

/**
 * Plans to take guard out of a file. A command needs nothing remembered: it stands in the entry.
 * Remote entries and limits come back from the notes. `only` restricts it to some paths.
 */
export function planUninstall(
  bytes: Uint8Array,
  file: FileKind,
  notes: readonly EntryNote[],
  only?: ReadonlySet<string>,
): FilePlan {
  const opened = openFile(bytes, file);
  if (opened.kind === 'refused') return opened;
  const { document, entries } = opened;
  const noteOf = new Map(notes.map((note) => [pathKey(note.path), note]));
  const edits: PlannedEdit[] = [];
  const results: EntryResult[] = [];
  for (const entry of entries) {
    const key = pathKey(entry.path);
    if (only !== undefined && !only.has(key)) continue;
    const planned = editOf(document, entry, file, noteOf.get(key));
    if (planned === undefined) continue;
    const { path, name } = entry;
    if ('refused' in planned) {
      results.push({ path, name, outcome: 'refused', why: planned.refused });
    } else {
      edits.push(planned);
      results.push({ path, name, outcome: 'changed' });
    }
  }
  if (edits.length === 0) return { kind: 'plan', before: document, after: undefined, results, notes: [] };
  const checked = checkedEdits(document, edits, file);
  if (checked.kind === 'refused') return checked;
  return { kind: 'plan', before: document, after: checked.after, results, notes: checked.notes };
}

/** The edit of one entry; undefined where it does not start guard. */
function editOf(
  document: ConfigDocument,
  entry: Entry,
  { client }: FileKind,
  note: EntryNote | undefined,
): PlannedEdit | { readonly refused: string } | undefined {
  const target = targetOf(entry.node, client.shape);
  if (target.call === undefined) return undefined;
  if (target.call.commandAt === undefined) {
    const back = note?.remote === undefined ? undefined : unbridgeEntry(document, entry.node, note.remote);
    if (back !== undefined) {
      return { entry, splices: [back], words: undefined, changedKeys: [], note: { path: entry.path } };
    }
    const why =
      note?.remote === undefined
        ? 'guard did not write this bridge to a remote server: change it by hand'
        : 'the bridge to a remote server was changed since: use --from-backup, or change it by hand';
    return { refused: why };
  }
  const unwrapped = unwrapEntry(document, target);
  if (unwrapped.kind === 'refused') return { refused: unwrapped.why };
  const splices: Splice[] = [...unwrapped.splices];
  const changedKeys: string[] = [];
  if (note?.timeout !== undefined) {
    const result = lowerTimeout(document, entry.node, note.timeout);
    if (result?.kind === 'splice') {
      splices.push(result.splice);
      changedKeys.push(note.timeout.key);
    }
  }
  return { entry, splices, words: unwrapped.words, changedKeys, note: { path: entry.path } };
}

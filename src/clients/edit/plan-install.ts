import { bytesOf } from '../formats/read-document.js';
import type { ConfigDocument, Member } from '../formats/tree.js';
import { type EntryTarget, targetOf } from './entry-target.js';
import { type EntryResult, type FileKind, type FilePlan, pathKey } from './file-plan.js';
import type { Entry } from './find-entries.js';
import { serverWord } from './guard-words.js';
import { type CheckedEdits, checkedEdits, openFile, type PlannedEdit } from './plan-edits.js';
import { planUninstall } from './plan-uninstall.js';
import { bridgeEntry } from './remote-entry.js';
import type { Splice } from './splice.js';
import { raiseTimeout } from './timeout-edit.js';
import { wrapEntry } from './wrap-entry.js';

/** What the person asked for. */
export interface InstallChoice {
  /** The words that start guard in this file. */
  readonly program: readonly string[];
  /** Put the bridge in front of remote entries. */
  readonly remote: boolean;
  /** Raise the client's limits of one call. */
  readonly timeouts: boolean;
}

/**
 * Plans to put guard in front of the servers of a file. What is planned was carried out, read again,
 * and taken back in memory: only what comes back byte for byte is part of the plan.
 */
export function planInstall(bytes: Uint8Array, file: FileKind, choice: InstallChoice): FilePlan {
  const opened = openFile(bytes, file);
  if (opened.kind === 'refused') return opened;
  const { document, entries } = opened;
  const results: EntryResult[] = [];
  let edits: PlannedEdit[] = [];
  for (const entry of entries) {
    const planned = editOf(document, entry, file, choice);
    if ('outcome' in planned) results.push(planned);
    else edits.push(planned);
  }
  let checked = reversible(document, edits, file);
  if (checked.kind === 'refused' && edits.length > 1) {
    // One entry that cannot be edited must not keep the others unguarded.
    const alone = edits.map((edit) => ({ edit, outcome: reversible(document, [edit], file) }));
    for (const { edit, outcome } of alone) {
      if (outcome.kind === 'refused') results.push(result(edit.entry, 'refused', `the file ${outcome.why}`));
    }
    edits = alone.flatMap(({ edit, outcome }) => (outcome.kind === 'checked' ? [edit] : []));
    checked = reversible(document, edits, file);
  }
  if (checked.kind === 'refused') return checked;
  for (const { entry, note } of edits) results.push(result(entry, 'changed', changeOf(note)));
  const order = new Map(entries.map(({ path }, index) => [pathKey(path), index]));
  const place = ({ path }: EntryResult): number => order.get(pathKey(path)) ?? 0;
  return {
    kind: 'plan',
    before: document,
    after: edits.length === 0 ? undefined : checked.after,
    results: results.toSorted((one, other) => place(one) - place(other)),
    notes: checked.notes,
  };
}

/** The edits, where they can be carried out and taken back to the byte. */
function reversible(document: ConfigDocument, edits: readonly PlannedEdit[], file: FileKind): CheckedEdits {
  const checked = checkedEdits(document, edits, file);
  if (checked.kind === 'refused' || edits.length === 0) return checked;
  const only = new Set(edits.map(({ entry }) => pathKey(entry.path)));
  const back = planUninstall(bytesOf(checked.after), file, checked.notes, only);
  if (back.kind === 'plan' && back.after?.text === document.text) return checked;
  return { kind: 'refused', why: 'could not be restored to the byte afterwards' };
}

function result(entry: Entry, outcome: EntryResult['outcome'], why?: string): EntryResult {
  const { path, name } = entry;
  return why === undefined ? { path, name, outcome } : { path, name, outcome, why };
}

function changeOf({ remote, timeout }: PlannedEdit['note']): string | undefined {
  if (remote !== undefined) return 'through the bridge to its remote server';
  return timeout === undefined ? undefined : `${timeout.key} set to ${timeout.written}`;
}

function editOf(
  document: ConfigDocument,
  entry: Entry,
  { client }: FileKind,
  choice: InstallChoice,
): PlannedEdit | EntryResult {
  const target = targetOf(entry.node, client.shape);
  if (target.kind === 'refused') return result(entry, 'refused', target.why);
  if (target.kind === 'nothing') return result(entry, 'left', target.why);
  const server = serverWord(entry.name, client.splitsWords === true);
  if (target.kind === 'remote') {
    if (!choice.remote) return result(entry, 'left', 'it is remote: --remote puts the bridge in front of it');
    const bridged = bridgeEntry(document, entry.node, target.address, client.shape, choice.program, server);
    if (bridged.kind === 'refused') return result(entry, 'refused', bridged.why);
    const note = { path: entry.path, remote: bridged.note };
    return { entry, splices: [bridged.splice], words: undefined, changedKeys: [], note };
  }
  if (target.call !== undefined) return result(entry, 'already');
  if (client.splitsWords === true && [...target.words, ...choice.program].some(isSplit)) {
    return result(entry, 'refused', 'the client splits arguments at spaces, and one of them has a space');
  }
  const wrapped = wrapEntry(document, target, choice.program, server);
  if (wrapped.kind === 'refused') return result(entry, 'refused', wrapped.why);
  const raised = choice.timeouts ? timeoutEdit(document, entry, target, client) : undefined;
  const splices: Splice[] = [...wrapped.splices, ...(raised?.splices ?? [])];
  return {
    entry,
    splices,
    words: wrapped.words,
    changedKeys: raised === undefined ? [] : [raised.note.key],
    note: { path: entry.path, ...(raised === undefined ? {} : { timeout: raised.note }) },
  };
}

function timeoutEdit(
  document: ConfigDocument,
  entry: Entry,
  target: Extract<EntryTarget, { kind: 'words' | 'list' }>,
  client: FileKind['client'],
):
  | {
      readonly splices: readonly Splice[];
      readonly note: { key: string; written: string; before: string | null };
    }
  | undefined {
  const place: { holder: typeof target.holder; command: Member } = target;
  const raised = raiseTimeout(document, entry.node, place, client);
  // A limit that cannot be raised is no reason to leave a server unguarded.
  if (raised?.result.kind !== 'splice') return undefined;
  return { splices: [raised.result.splice], note: raised.note };
}

function isSplit(word: string | undefined): boolean {
  return word === undefined || /\s/.test(word);
}

import { targetOf } from '../clients/edit/entry-target.js';
import { type EntryNote, type FileKind, pathKey } from '../clients/edit/file-plan.js';
import { openFile } from '../clients/edit/plan-edits.js';
import { planUninstall } from '../clients/edit/plan-uninstall.js';
import { backupsOf, readBackup } from '../clients/files/backups.js';
import { findFiles, type FoundFile } from '../clients/files/find-files.js';
import { readNotes } from '../clients/files/install-notes.js';
import type { ConfigFile } from '../clients/files/read-config-file.js';
import { EXIT_CODES } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { type StateFiles, stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import { changeFiles } from './clients/change-files.js';
import { chooseClients } from './clients/choose-clients.js';
import { type ClientWorld, clientWorld } from './clients/client-world.js';
import { overwritingRefusal } from './clients/overwriting.js';
import type { PlannedFile } from './clients/planned-file.js';
import type { CommandInput, Run, Tools } from './command.js';

/** Takes guard out of the config files of clients. Throws GuardError `usage`. */
export const run: Run = (input, tools) => uninstall(input, tools, clientWorld(tools));

/** The same on the machine that is given. */
export async function uninstall(input: CommandInput, tools: Tools, world: ClientWorld): Promise<number> {
  const { clients, reach } = chooseClients(input);
  const found = findFiles(clients, world.files, reach).filter(({ managed }) => !managed);
  const state = stateFiles(guardPaths(tools.env));
  const processes = await world.processes();
  const planned = found.flatMap((one): PlannedFile[] => {
    const plan = planFile(one, input, state);
    if (plan === undefined) return [];
    const refused = plan.kind === 'changes' ? overwritingRefusal(one, world, processes, input) : undefined;
    return [refused === undefined ? plan : { kind: 'stays', found: one, refused, results: [] }];
  });
  if (planned.length === 0) {
    await printText(tools.stdout, 'no config file of a client starts guard\n');
    return EXIT_CODES.ok;
  }
  const words = {
    changed: 'as before',
    already: 'as before',
    question: (files: number) => `Write ${files === 1 ? 'this file' : `these ${files} files`}?`,
  };
  return changeFiles(planned, words, input, tools, world);
}

/** What is to be done with a file; undefined where it has nothing to do with guard. */
function planFile(found: FoundFile, { options }: CommandInput, state: StateFiles): PlannedFile | undefined {
  const { reading, kind } = found;
  if (reading.kind === 'refused') return { kind: 'stays', found, refused: reading.why, results: [] };
  const { file } = reading;
  if (options['fromBackup'] === true || options['from-backup'] === true)
    return fromBackup(found, file, state);
  const { entries: notes, trouble } = readNotes(state.clients, file.realPath);
  if (trouble !== undefined) return { kind: 'stays', found, refused: trouble, results: [] };
  const plan = planUninstall(file.bytes, kind, notes);
  if (plan.kind === 'refused') return { kind: 'stays', found, refused: plan.why, results: [] };
  const { before, after, results } = plan;
  if (after === undefined) return results.length === 0 ? undefined : { kind: 'stays', found, results };
  const gone = new Set(
    results.filter(({ outcome }) => outcome === 'changed').map(({ path }) => pathKey(path)),
  );
  const left = notes.filter(({ path }) => !gone.has(pathKey(path)));
  return { kind: 'changes', found, file, before, after, results, notes: left };
}

/** The newest backup that guard is not in; where it is in all of them, the newest. */
function fromBackup(
  found: FoundFile,
  file: ConfigFile,
  { backups, clients }: StateFiles,
): PlannedFile | undefined {
  const { kind } = found;
  const copies = backupsOf(backups, file.realPath).flatMap((path) => {
    const bytes = readBackup(path);
    const opened = bytes === undefined ? undefined : openFile(bytes, kind);
    return opened?.kind === 'opened' ? [{ path, ...opened }] : [];
  });
  const chosen = copies.find((copy) => guardedPaths(copy.entries, kind).size === 0) ?? copies[0];
  if (chosen === undefined) return undefined;
  const now = openFile(file.bytes, kind);
  // A file that cannot be read now is what a backup is for; then the diff shows the whole file.
  const before =
    now.kind === 'opened' ? now.document : { ...chosen.document, text: file.bytes.toString('utf8') };
  const { document } = chosen;
  if (before.text === document.text && before.hasBom === document.hasBom) return undefined;
  const guarded = guardedPaths(chosen.entries, kind);
  const notes = readNotes(clients, file.realPath).entries.filter((note: EntryNote) =>
    guarded.has(pathKey(note.path)),
  );
  return {
    kind: 'changes',
    found,
    file,
    before: now.kind === 'opened' ? before : { ...before, root: { ...before.root, members: [] } },
    after: document,
    results: chosen.entries.map(({ path, name }) => ({ path, name, outcome: 'changed' })),
    notes,
  };
}

function guardedPaths(
  entries: Extract<ReturnType<typeof openFile>, { kind: 'opened' }>['entries'],
  { client }: FileKind,
): Set<string> {
  const guarded = entries.filter(({ node }) => targetOf(node, client.shape).call !== undefined);
  return new Set(guarded.map(({ path }) => pathKey(path)));
}

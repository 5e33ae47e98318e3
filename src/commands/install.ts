import { planInstall } from '../clients/edit/plan-install.js';
import { type EntryNote, pathKey } from '../clients/edit/file-plan.js';
import { findFiles, type FoundFile } from '../clients/files/find-files.js';
import { readNotes } from '../clients/files/install-notes.js';
import { EXIT_CODES } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import { changeFiles } from './clients/change-files.js';
import { chooseClients } from './clients/choose-clients.js';
import { type ClientWorld, clientWorld } from './clients/client-world.js';
import { programWords } from './clients/guard-program.js';
import { overwritingRefusal } from './clients/overwriting.js';
import type { PlannedFile } from './clients/planned-file.js';
import type { CommandInput, Run, Tools } from './command.js';

/** Puts guard in front of the servers of clients. Throws GuardError `usage`. */
export const run: Run = (input, tools) => install(input, tools, clientWorld(tools));

/** The same on the machine that is given. */
export async function install(input: CommandInput, tools: Tools, world: ClientWorld): Promise<number> {
  const { clients, reach, isNamed } = chooseClients(input);
  const found = findFiles(clients, world.files, reach);
  if (found.length === 0) {
    await printText(
      tools.stdout,
      'no config file of a client was found: see docs/clients.md for where they are\n',
    );
    return isNamed ? EXIT_CODES.findings : EXIT_CODES.ok;
  }
  const processes = await world.processes();
  const notesFolder = stateFiles(guardPaths(tools.env)).clients;
  const planned = found.map((one): PlannedFile => {
    const plan = planFile(one, input, world, notesFolder);
    const refused = plan.kind === 'changes' ? overwritingRefusal(one, world, processes, input) : undefined;
    return refused === undefined ? plan : { kind: 'stays', found: one, refused, results: [] };
  });
  const words = {
    changed: 'guarded',
    already: 'guarded already',
    question: (files: number) => `Write ${files === 1 ? 'this file' : `these ${files} files`}?`,
  };
  return changeFiles(planned, words, input, tools, world);
}

function planFile(
  found: FoundFile,
  { options }: CommandInput,
  world: ClientWorld,
  notesFolder: string,
): PlannedFile {
  const { reading, kind } = found;
  if (reading.kind === 'refused') return { kind: 'stays', found, refused: reading.why, results: [] };
  const plan = planInstall(reading.file.bytes, kind, {
    program: programWords(found, world),
    remote: options['remote'] === true,
    timeouts: options['setTimeouts'] === true || options['set-timeouts'] === true,
  });
  if (plan.kind === 'refused') return { kind: 'stays', found, refused: plan.why, results: [] };
  const { before, after, results, notes } = plan;
  const remembered = readNotes(notesFolder, reading.file.realPath);
  if (remembered.trouble !== undefined) {
    return { kind: 'stays', found, refused: remembered.trouble, results: [] };
  }
  if (found.managed) return { kind: 'stays', found, results: results.map(managedResult) };
  if (after === undefined) return { kind: 'stays', found, results };
  return {
    kind: 'changes',
    found,
    file: reading.file,
    before,
    after,
    results,
    notes: merged(remembered.entries, notes),
  };
}

/** What was remembered of other entries stays. */
function merged(old: readonly EntryNote[], fresh: readonly EntryNote[]): EntryNote[] {
  const changed = new Set(fresh.map(({ path }) => pathKey(path)));
  return [...old.filter(({ path }) => !changed.has(pathKey(path))), ...fresh];
}

function managedResult<T extends { outcome: string }>(result: T): T | (T & { outcome: 'left'; why: string }) {
  return result.outcome === 'already'
    ? result
    : { ...result, outcome: 'left', why: 'the file is kept by others: guard never writes it' };
}

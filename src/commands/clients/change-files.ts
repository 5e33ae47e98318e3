import type { EntryResult } from '../../clients/edit/file-plan.js';
import { EXIT_CODES } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';
import { stateFiles } from '../../platform/state-files.js';
import { printText } from '../check-print.js';
import type { CommandInput, Tools } from '../command.js';
import { isWanted } from './ask.js';
import type { ClientWorld } from './client-world.js';
import { diffText } from './diff-text.js';
import type { ChangingFile, PlannedFile } from './planned-file.js';
import { writePlanned } from './write-planned.js';

/** The words in which a command tells what it did. */
export interface ChangeWords {
  /** Of a server that was changed. */
  readonly changed: string;
  /** Of one that needed nothing. */
  readonly already: string;
  readonly question: (files: number) => string;
}

/**
 * Shows what changes, asks, writes, and tells what became of each server. Resolves with 1 where
 * something was refused or the person said no.
 */
export async function changeFiles(
  planned: readonly PlannedFile[],
  words: ChangeWords,
  input: CommandInput,
  tools: Tools,
  world: ClientWorld,
): Promise<number> {
  const say = (text: string): Promise<void> => printText(tools.stdout, text);
  const changing = planned.filter((one): one is ChangingFile => one.kind === 'changes');
  for (const { found, before, after } of changing) await say(diffText(found.path, before, after));
  const isDry = input.options['dry-run'] === true || input.options['dryRun'] === true;
  if (changing.length > 0 && !isDry && !(await isWanted(words.question(changing.length), input, tools))) {
    await say('nothing was changed\n');
    return EXIT_CODES.findings;
  }
  let isRefused = false;
  const place = {
    state: stateFiles(guardPaths(tools.env)),
    user: world.files.user,
    clock: tools.clock,
    ...(world.writes === undefined ? {} : { port: world.writes }),
  };
  for (const one of planned) {
    const written = one.kind === 'changes' && !isDry ? await writePlanned(one, place) : undefined;
    const why = written?.kind === 'refused' ? written.why : one.kind === 'stays' ? one.refused : undefined;
    const text = fileReport(one, words, why, isDry);
    isRefused ||= why !== undefined || one.results.some(({ outcome }) => outcome === 'refused');
    if (text !== '') await say(text);
  }
  if (isDry) await say('nothing was changed: this was a dry run\n');
  return isRefused ? EXIT_CODES.findings : EXIT_CODES.ok;
}

function fileReport(
  planned: PlannedFile,
  words: ChangeWords,
  refused: string | undefined,
  isDry: boolean,
): string {
  const { found, results } = planned;
  const names = [...new Set(found.readers.map(({ client }) => client.name))].join(', ');
  const head = `${printable(found.path)} (${names})`;
  if (refused !== undefined) return `${head}\n  stays as it is: it ${printable(refused)}\n`;
  if (results.length === 0) return '';
  const lines = results.map((result) => `  ${resultText(result, words, isDry)}`);
  const restart = [...new Set(found.readers.map(({ client }) => `  ${client.name}: ${client.restart}`))];
  const isChanged = planned.kind === 'changes' && !isDry;
  return `${[head, ...lines, ...(isChanged ? ['  for the change to count:', ...restart.map((line) => `  ${line}`)] : [])].join('\n')}\n`;
}

function resultText({ name, outcome, why }: EntryResult, words: ChangeWords, isDry: boolean): string {
  const reason = why === undefined ? '' : `: ${printable(why)}`;
  switch (outcome) {
    case 'changed':
      return `${isDry ? `would be ${words.changed}` : words.changed}  ${printable(name)}${reason}`;
    case 'already':
      return `${words.already}  ${printable(name)}${reason}`;
    case 'left':
      return `left  ${printable(name)}${reason}`;
    case 'refused':
      return `refused  ${printable(name)}${reason}`;
  }
}

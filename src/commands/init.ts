import { lstatSync } from 'node:fs';
import path from 'node:path';
import { nearestWord } from '../config/nearest.js';
import { EXIT_CODES, GuardError, systemErrorCode } from '../platform/errors.js';
import { makeFolder } from '../platform/make-folder.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { createWhole, replaceWhole } from '../platform/whole-file.js';
import { printText } from './check-print.js';
import type { CommandInput, Run } from './command.js';
import { starterText, type StarterRequest } from './init-starter.js';
import { PRESETS, STARTER_SERVERS } from './starter-names.js';
import { textListOption, textOption } from './text-option.js';

/** Names that would be read before or in place of the new file. */
const RIVALS = ['guard.yaml', 'guard.yml', 'guard.json'];

/** Writes a starter config file, or prints it. Throws GuardError `file-exists`, `config-unwritable`, `usage`. */
export const run: Run = async (input, tools) => {
  const isUser = input.options['user'] === true;
  if (isUser && input.options['project'] === true) {
    throw new GuardError('usage', '--user and --project exclude each other');
  }
  const text = starterText({ scope: isUser ? 'user' : 'project', ...wishes(input) });
  if (input.options['stdout'] === true) {
    await printText(tools.stdout, text);
    return EXIT_CODES.ok;
  }
  const folder = isUser ? guardPaths(tools.env).userConfigDir : tools.cwd;
  const file = path.join(folder, 'guard.yaml');
  const isForced = input.options['force'] === true;
  const rival = RIVALS.map((name) => path.join(folder, name)).find(isThere);
  if (rival !== undefined && !isForced) throw exists(rival);
  if (isUser) make(folder);
  // The user's file decides what agents may do: nobody else needs to read it, nobody may write it.
  write(file, text, isUser ? 0o600 : 0o644, isForced);
  await printText(
    tools.stdout,
    `wrote ${printable(file)}\nnext: guard check, then put "guard --" in front of a server's command\n`,
  );
  return EXIT_CODES.ok;
};

/** The preset and the servers of the command line. Throws GuardError `usage`. */
function wishes(input: CommandInput): Pick<StarterRequest, 'preset' | 'servers'> {
  const servers = textListOption(input, 'for')
    .flatMap((list) => list.split(','))
    .map((name) => choice('for', name.trim(), STARTER_SERVERS));
  const named = textOption(input, 'preset');
  const preset = PRESETS.find((name) => name === named) ?? (servers.length > 0 ? 'balanced' : undefined);
  if (named !== undefined && named !== preset) choice('preset', named, PRESETS);
  return { preset, servers: [...new Set(servers)] };
}

function choice(option: string, got: string, known: readonly string[]): string {
  if (known.includes(got)) return got;
  const nearest = nearestWord(got, known);
  throw new GuardError('usage', `--${option} expects one of ${known.join(', ')}, got "${printable(got)}"`, {
    ...(nearest !== undefined && { hint: `did you mean "${nearest}"?` }),
  });
}

function make(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw unwritable(folder, 'the folder', error);
  }
}

function write(file: string, text: string, mode: number, isForced: boolean): void {
  try {
    if (isForced) replaceWhole(file, text, { mode, durable: true });
    else createWhole(file, text, { mode, durable: true, withoutLinks: 'in-place' });
  } catch (error) {
    throw systemErrorCode(error) === 'EEXIST' ? exists(file) : unwritable(file, 'the file', error);
  }
}

/** What the system refuses is told in one line; anything else stays what it is. */
function unwritable(place: string, what: string, error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  return new GuardError('config-unwritable', `${what} ${printable(place)} cannot be made: ${code}`, {
    hint: 'guard init --stdout prints the file',
    cause: error,
  });
}

function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    // Whatever hides it, making the file meets the same trouble and tells it.
    return false;
  }
}

function exists(file: string): GuardError {
  return new GuardError('file-exists', `${file} is there already`, {
    hint: 'guard init --force replaces guard.yaml',
  });
}

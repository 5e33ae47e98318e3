import { lstatSync } from 'node:fs';
import path from 'node:path';
import { EXIT_CODES, GuardError, systemErrorCode } from '../platform/errors.js';
import { makeFolder } from '../platform/make-folder.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { createWhole, replaceWhole } from '../platform/whole-file.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { starterText } from './init-starter.js';

/** Names that would be read before or in place of the new file. */
const RIVALS = ['guard.yaml', 'guard.yml', 'guard.json'];

/** Writes a starter config file, or prints it. Throws GuardError `file-exists`, `usage`. */
export const run: Run = async (input, tools) => {
  const isUser = input.options['user'] === true;
  if (isUser && input.options['project'] === true) {
    throw new GuardError('usage', '--user and --project exclude each other');
  }
  const text = starterText(isUser ? 'user' : 'project');
  if (input.options['stdout'] === true) {
    await printText(tools.stdout, text);
    return EXIT_CODES.ok;
  }
  const folder = isUser ? guardPaths(tools.env).userConfigDir : tools.cwd;
  const file = path.join(folder, 'guard.yaml');
  const isForced = input.options['force'] === true;
  const rival = RIVALS.map((name) => path.join(folder, name)).find(isThere);
  if (rival !== undefined && !isForced) throw exists(rival);
  if (isUser) makeFolder(folder);
  // The user's file decides what agents may do: nobody else needs to read it, nobody may write it.
  write(file, text, isUser ? 0o600 : 0o644, isForced);
  await printText(
    tools.stdout,
    `wrote ${printable(file)}\nnext: guard check, then put "guard --" in front of a server's command\n`,
  );
  return EXIT_CODES.ok;
};

function write(file: string, text: string, mode: number, isForced: boolean): void {
  try {
    if (isForced) replaceWhole(file, text, { mode, durable: true });
    else createWhole(file, text, { mode, durable: true, withoutLinks: 'in-place' });
  } catch (error) {
    throw systemErrorCode(error) === 'EEXIST' ? exists(file) : error;
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function exists(file: string): GuardError {
  return new GuardError('file-exists', `${file} is there already`, {
    hint: 'guard init --force replaces guard.yaml',
  });
}

import path from 'node:path';
import { removeFile } from '../approvals/bus/bus-write.js';
import { switchFileName } from '../control/switch-file.js';
import { type FoundSwitch, readSwitches } from '../control/switch-folder.js';
import { EXIT_CODES } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { readSwitch, turnSwitch } from './turn-switch.js';

/**
 * Lifts a kill switch, and takes away what counts as one because nobody can read it. Ends with 1 where
 * one still stops what was to go on. Throws GuardError `usage`, `switch-unwritable`.
 */
export const run: Run = async (input, tools) => {
  const folder = stateFiles(guardPaths(tools.env)).switches;
  const wanted = readSwitch(input, tools, false);
  const name = switchFileName(wanted.server);
  const lines: string[] = [];
  for (const found of readSwitches(folder)) {
    if (found.kind === 'trouble') {
      if (found.name === null || (wanted.server !== null && found.name !== name)) continue;
      if (removeFile(path.join(folder, found.name))) lines.push(`took away ${found.name}: ${found.why}`);
    } else if (found.name === name && found.state.on) {
      turnSwitch(folder, wanted);
      lines.push(`lifted the kill switch for ${scopeOf(found)}`);
    }
  }
  const left = readSwitches(folder).filter((found) => found.kind === 'trouble' || found.state.on);
  if (lines.length === 0 && left.length === 0) lines.push('no kill switch is on');
  for (const found of left) lines.push(`still on: ${stillOn(found)}`);
  await printText(tools.stdout, lines.map((line) => `${printable(line)}\n`).join(''));
  const remains = left.some((found) => found.kind === 'trouble' || stopsWanted(found, wanted.server));
  return remains ? EXIT_CODES.findings : EXIT_CODES.ok;
};

type OneSwitch = Extract<FoundSwitch, { kind: 'switch' }>;

/** Whether what was to go on is still stopped. Without a server named, those with a switch of their own stay. */
function stopsWanted({ state }: OneSwitch, wanted: string | null): boolean {
  return state.server === null || state.server === wanted;
}

function stillOn(found: FoundSwitch): string {
  if (found.kind === 'trouble') return `everything, since ${found.why}`;
  const { server } = found.state;
  const lift = server === null ? 'guard resume' : `guard resume --server ${server}`;
  return `the switch for ${scopeOf(found)} (${lift})`;
}

function scopeOf({ state }: OneSwitch): string {
  return state.server === null ? 'every server' : `the server ${state.server}`;
}

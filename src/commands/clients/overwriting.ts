import type { FoundFile } from '../../clients/files/find-files.js';
import type { CommandInput } from '../command.js';
import type { ClientWorld } from './client-world.js';
import { isOverwriting, type ProcessList } from './running-processes.js';

/** Why a file is not to be written now: a client that runs would write over it. Undefined where it may. */
export function overwritingRefusal(
  { readers }: FoundFile,
  { files }: ClientWorld,
  processes: ProcessList,
  { options }: CommandInput,
): string | undefined {
  if (options['force'] === true) return undefined;
  const running = readers.find(({ client }) => isOverwriting(client, files.platform, processes));
  if (running === undefined) return undefined;
  const { name, restart } = running.client;
  return `would be written over by ${name}, which runs: quit it first (${restart}), or use --force`;
}

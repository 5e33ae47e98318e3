import { createFileLedger } from '../limits/file-ledger.js';
import type { Ledger } from '../limits/ledger.js';
import { guardPaths } from '../platform/paths.js';
import { randomId } from '../platform/random-id.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';

/** The ledger of this user. Nothing is opened or made before its first use. */
export function openLedger({ env }: Pick<Tools, 'env'>, note: (text: string) => void): Ledger {
  // Randomness once and a count after that: drawing fresh bytes for each call is a tenth of its cost.
  const process = randomId('', 16);
  let count = 0;
  return createFileLedger({
    folder: stateFiles(guardPaths(env)).ledger,
    newId: () => `${process}-${(count += 1)}`,
    note,
  });
}

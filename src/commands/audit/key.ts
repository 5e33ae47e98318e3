import { openSigningKey } from '../../audit/signing-key.js';
import { EXIT_CODES } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';
import { stateFiles } from '../../platform/state-files.js';
import { printText } from '../check-print.js';
import type { Run } from '../command.js';
import { shownJsonLine } from '../json-print.js';

/**
 * Prints the public half: the PEM on stdout, so that it can be kept elsewhere with `>`, and the
 * fingerprint on stderr. Throws GuardError `audit-key-unusable`.
 */
export const run: Run = async ({ options }, tools) => {
  const file = stateFiles(guardPaths(tools.env)).auditKey;
  const { fingerprint, publicPem } = openSigningKey(file);
  if (options['json'] === true) {
    await printText(tools.stdout, shownJsonLine({ fingerprint, public_key: publicPem, file }));
    return EXIT_CODES.ok;
  }
  await printText(tools.stdout, publicPem);
  await printText(tools.stderr, `guard: fingerprint ${fingerprint}, of the key in ${printable(file)}\n`);
  return EXIT_CODES.ok;
};

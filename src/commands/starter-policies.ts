import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GuardError, systemErrorCode } from '../platform/errors.js';

/** Where the starter policies lie in the package. */
const FOLDER = 'examples/policies';
/** Folders above this file that are looked in: the sources and the bundle lie at different depths. */
const LEVELS = 4;
const RULES_BEGIN = '\n  rules:\n';

/**
 * The rules of a published server as they stand in its starter policy, comments included, to be put
 * below `rules:` of another file. Throws GuardError `config-not-found` where the package is incomplete.
 */
export function starterRules(server: string): string {
  const text = readStarter(`${server}.yaml`);
  return text.slice(text.indexOf(RULES_BEGIN) + RULES_BEGIN.length);
}

/**
 * The text with what stands behind `# strict:` in place of each `action` or `default` before it. The
 * starter policies hold both forms in one line, so that nothing is written twice.
 */
export function strictly(text: string): string {
  return text.replaceAll(/^(\s*(?:action|default): )\w+ # strict: (\w+)$/gm, '$1$2');
}

function readStarter(name: string): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS; level++) {
    try {
      return readFileSync(path.join(folder, FOLDER, name), 'utf8');
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      folder = path.dirname(folder);
    }
  }
  throw new GuardError('config-not-found', `the starter policy ${FOLDER}/${name} is not in this package`, {
    hint: 'install guard again',
  });
}

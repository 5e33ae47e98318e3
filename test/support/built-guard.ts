import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** The built program. `TEST_GUARD_BIN` names another build, such as an installed package. */
export function builtGuard(): string {
  const bin = process.env['TEST_GUARD_BIN'] ?? path.join(ROOT, 'bin', 'guard.js');
  const cli = path.join(path.dirname(path.dirname(bin)), 'dist', 'cli.js');
  if (!fs.existsSync(bin) || !fs.existsSync(cli)) {
    throw new Error(`the built program is not there (${cli}): run "npm run build" first`);
  }
  return bin;
}

/** The file of one of the servers in test/fixtures/servers. */
export function serverFile(name: string): string {
  const file = path.join(ROOT, 'test', 'fixtures', 'servers', `${name}.js`);
  if (!fs.existsSync(file)) throw new Error(`there is no fixture server ${file}`);
  return file;
}

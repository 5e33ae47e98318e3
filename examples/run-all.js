// Runs every example; each asserts its own result and fails loudly.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const stories = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'run.js')));
let failed = 0;
for (const story of stories) {
  const run = spawnSync(process.execPath, [path.join(folder, story, 'run.js')], { encoding: 'utf8' });
  if (run.status === 0) console.log(`ok      ${story}`);
  else {
    failed += 1;
    console.log(`FAILED  ${story}\n${run.stdout.slice(-2000)}${run.stderr.slice(-2000)}`);
  }
}
console.log(`${stories.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

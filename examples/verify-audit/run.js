// Lets the stand-alone verifiers and guard itself judge the same logs; all must say the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const guard = path.join(folder, '../../bin/guard.js');
const key = path.join(folder, 'vectors/key.pem');
/** Log, what a verifier exits with, and how guard names what was done. */
const VECTORS = [
  ['intact', 0, undefined],
  ['changed', 1, 'changed'],
  ['missing', 1, 'missing'],
  ['reordered', 1, 'reordered'],
  ['foreign', 1, 'foreign'],
  ['signature', 1, 'changed'],
];
const hasPython = spawnSync('python3', ['--version']).status === 0;

const run = (program, ...words) => spawnSync(program, words, { encoding: 'utf8' });

for (const [name, code, kind] of VECTORS) {
  const log = path.join(folder, `vectors/${name}.jsonl`);
  const own = run(process.execPath, guard, 'audit', 'verify', '--json', '--key', key, log);
  assert.equal(own.status, code, `guard on ${name}: ${own.stdout}${own.stderr}`);
  const kinds = JSON.parse(own.stdout).findings.map((finding) => finding.kind);
  assert.equal(kinds.includes(kind), kind !== undefined, `guard on ${name}: ${kinds}`);
  const alone = [[process.execPath, path.join(folder, 'verify.js')]];
  if (hasPython) alone.push(['python3', path.join(folder, 'verify.py')]);
  for (const [program, script] of alone) {
    const { status, stdout, stderr } = run(program, script, key, log);
    assert.equal(status, code, `${path.basename(script)} on ${name}: ${stdout}${stderr}`);
    assert.match(stdout, code === 0 ? /^intact$/m : /^changed: \d+ findings$/m);
  }
}
console.log('all verifiers agree');

// Policy tests run like unit tests: one file of calls, what is expected of each, and why where it is not so.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, guard, say, stage } from '../support.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const story = stage();

function test(...words) {
  const run = spawnSync(process.execPath, [guard, 'test', ...words], {
    cwd: story.folder,
    env: story.env,
    encoding: 'utf8',
  });
  say(run.stdout + run.stderr);
  return run;
}

try {
  const tests = path.join(here, 'guard.test.yaml');
  const passed = test(tests);
  assert.equal(passed.status, 0);
  assert.match(passed.stdout, /6 passed/);

  say('The same tests against a policy that somebody loosened, with a report for CI:');
  const loose = path.join(story.folder, 'loose.yaml');
  const text = readFileSync(path.join(here, 'guard.yaml'), 'utf8').replace('max_calls: 3', 'max_calls: 30');
  writeFileSync(loose, text);
  const report = path.join(story.folder, 'report.xml');
  const failed = test(tests, '--config', loose, '--filter', 'three refunds', '--junit', report);
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /FAIL {2}three refunds an hour/);
  assert.match(readFileSync(report, 'utf8'), /<testsuites name="guard test" tests="1" failures="1"/);
} finally {
  story.clear();
}

// A call waits for a person. The person here is `guard approve` and `guard deny`, as a script uses them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assert, connect, filesystemServer, guard, say, stage, textOf } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(files);
const policy = path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml');
const client = await connect({
  options: ['--config', policy, '--audit', audit],
  server: [filesystemServer, files],
  env,
  cwd: files,
});
await client.listTools();

/** What waits, as `guard approve --list --json` prints it: one request per line. */
function waiting() {
  const text = execFileSync(process.execPath, [guard, 'approve', '--list', '--json'], {
    env,
    encoding: 'utf8',
  });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Answers the one request that waits, in a process of its own. */
async function answer(...words) {
  let requests = waiting();
  for (; requests.length === 0; requests = waiting()) await delay(50);
  const [command, ...options] = words;
  const [{ id, tool, arguments: shown }] = requests;
  say(`waits: ${tool} ${JSON.stringify(shown)}`);
  say(execFileSync(process.execPath, [guard, command, id, ...options], { env, encoding: 'utf8' }).trim());
}

const file = path.join(files, 'note.txt');
const writing = client.callTool({ name: 'write_file', arguments: { path: file, content: 'for the record' } });
await delay(200);
assert.equal(existsSync(file), false, 'nothing is written while the call waits');
const listing = await client.callTool({ name: 'list_directory', arguments: { path: files } });
assert.notEqual(listing.isError, true, 'other calls pass meanwhile');
await answer('approve');
assert.notEqual((await writing).isError, true);
assert.equal(readFileSync(file, 'utf8'), 'for the record');

const making = client.callTool({ name: 'create_directory', arguments: { path: path.join(files, 'new') } });
await answer('deny', '--reason', 'the folder is full enough');
const denied = await making;
say(textOf(denied));
assert.match(textOf(denied), /the folder is full enough/);
assert.equal(denied._meta['guard/denial'].reason, 'approval_denied');
assert.equal(existsSync(path.join(files, 'new')), false);

await client.close();
const records = readFileSync(audit, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const answers = records
  .filter(({ approval }) => approval?.approver)
  .map(({ decision, approval }) => `${decision}, ${approval.presence}`);
assert.deepEqual(answers, ['allow, script', 'deny, script']);
say(`in the log: ${answers.join('; ')}`);
clear();

// From the log to a policy: watch what is used, learn the least policy for it, replay the log, test, enforce.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, connect, filesystemServer, guard, say, stage } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(path.join(files, 'src'), { recursive: true });
const watching = path.join(folder, 'guard.yaml');
copyFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml'), watching);

function run(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [guard, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  say(`$ guard ${words.join(' ')}\n${stdout}${stderr}`);
  return { status, stdout };
}

const start = (policy, log) =>
  connect({
    options: ['--config', policy, '--audit', log, '--server', 'files'],
    server: [filesystemServer, files],
    env,
    cwd: files,
  });

try {
  const client = await start(watching, audit);
  for (let count = 0; count < 25; count += 1) {
    const file = path.join(files, 'src', `file-${count}.txt`);
    await client.callTool({ name: 'write_file', arguments: { path: file, content: `number ${count}` } });
    await client.callTool({ name: 'read_text_file', arguments: { path: file } });
  }
  await client.close();

  assert.equal(run('learn', '--audit', audit, '--output', 'learned.yaml').status, 0);
  const learned = path.join(folder, 'learned.yaml');
  say(readFileSync(learned, 'utf8'));
  assert.match(
    readFileSync(learned, 'utf8'),
    /tool: "write_file"\n\s+input:\n[^]*path_within: ".*\/files\/src"/,
  );
  assert.equal(run('check', 'learned.yaml').status, 0);

  // The learned policy lets pass all that was used, and the policy that was in force decides as it did.
  for (const policy of ['learned.yaml', 'guard.yaml']) {
    const replayed = run('simulate', '--policy', policy, '--audit', audit, '--fail-on-change');
    assert.equal(replayed.status, 0, policy);
    assert.match(replayed.stdout, /50 unchanged.*0 changed, 0 cannot be told/);
  }
  writeFileSync(
    path.join(folder, 'strict.yaml'),
    readFileSync(learned, 'utf8').replace('/files/src"', '/files/doc"'),
  );
  assert.equal(run('simulate', '--policy', 'strict.yaml', '--audit', audit, '--fail-on-change').status, 2);

  const secret = path.join(files, 'secret.txt');
  writeFileSync(secret, 'not for agents');
  const tests = [
    { name: 'the sources can be read', call: call(path.join(files, 'src', 'a')), expect: 'allow' },
    { name: 'nothing else can', call: call(secret), expect: { decision: 'deny', rule: 'default' } },
  ];
  writeFileSync(path.join(folder, 'guard.test.json'), JSON.stringify({ policy: 'learned.yaml', tests }));
  assert.equal(run('test').status, 0);

  const enforced = await start(learned, path.join(folder, 'enforced.jsonl'));
  const passed = await enforced.callTool({
    name: 'read_text_file',
    arguments: { path: path.join(files, 'src/file-1.txt') },
  });
  assert.notEqual(passed.isError, true);
  const denied = await enforced.callTool({ name: 'read_text_file', arguments: { path: secret } });
  assert.equal(denied.isError, true);
  await enforced.close();
} finally {
  clear();
}

function call(file) {
  return { server: 'files', tool: 'read_text_file', arguments: { path: file } };
}

// Observe mode: the call passes, and the log says what enforcing would have made of it.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, connect, filesystemServer, say, stage } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(files);
const policy = path.join(folder, 'guard.yaml');
copyFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml'), policy);

const client = await connect({
  options: ['--config', policy, '--audit', audit],
  server: [filesystemServer, files],
  env,
  cwd: files,
});
const result = await client.callTool({
  name: 'write_file',
  arguments: { path: path.join(files, 'a.txt'), content: 'hello' },
});
assert.notEqual(result.isError, true);
await client.close();

const records = readFileSync(audit, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const decision = records.find((record) => record.type === 'decision' && record.tool === 'write_file');
say(`decision: ${decision.decision}, enforced: ${decision.enforced}, rule: ${decision.rule}`);
assert.deepEqual([decision.decision, decision.enforced, decision.rule], ['deny', false, 'no-writing']);
clear();

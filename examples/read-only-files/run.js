// A server that can write becomes a reader: default deny, and one rule that allows by the server's hints.
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, connect, filesystemServer, say, stage, textOf } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(files);
writeFileSync(path.join(files, 'a.txt'), 'a\n');
writeFileSync(path.join(folder, 'outside.txt'), 'outside\n');
symlinkSync(path.join(folder, 'outside.txt'), path.join(files, 'link.txt'));
const policy = path.join(files, 'guard.yaml');
copyFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml'), policy);

const client = await connect({
  options: ['--config', policy, '--audit', audit],
  server: [filesystemServer, folder],
  env,
  cwd: files,
});
const { tools } = await client.listTools();
say(`tools left: ${tools.map(({ name }) => name).join(', ')}`);
assert(!tools.some(({ name }) => name === 'write_file'));

const read = async (file) => client.callTool({ name: 'read_text_file', arguments: { path: file } });
assert.equal(textOf(await read(path.join(files, 'a.txt'))), 'a\n');
for (const file of [
  path.join(folder, 'outside.txt'),
  path.join(files, '../outside.txt'),
  path.join(files, 'link.txt'),
]) {
  const result = await read(file);
  say(`${path.relative(folder, file)}: ${textOf(result)}`);
  assert.equal(result._meta['guard/denial'].rule, 'workspace-only');
}
const written = path.join(files, 'new.txt');
const write = await client.callTool({ name: 'write_file', arguments: { path: written, content: 'x' } });
assert.equal(write.isError, true);
assert.equal(existsSync(written), false);
await client.close();
clear();

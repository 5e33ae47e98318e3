// The story of one afternoon: the published filesystem server behind guard, a real client in front.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, connect, filesystemServer, guard, say, stage, textOf } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(files);
writeFileSync(path.join(files, 'notes.txt'), 'The meeting is at ten.\n');
writeFileSync(path.join(files, 'secret-plan.txt'), 'Nobody may read this.\n');
const policy = path.join(folder, 'guard.yaml');
copyFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml'), policy);

say('1. In the config file of your MCP client you would write guard in front of the server:\n');
say('     "command": "guard",');
say('     "args": ["--", "npx", "-y", "@modelcontextprotocol/server-filesystem", "~/project"]\n');

const client = await connect({
  options: ['--config', policy, '--audit', audit, '--agent', 'demo-agent'],
  server: [filesystemServer, files],
  env,
  cwd: files,
});

say(
  '2. The client lists the tools. The policy denies move_file whatever its arguments, so it is not there:\n',
);
const { tools } = await client.listTools();
const names = tools.map(({ name }) => name);
say(`     ${names.join(', ')}\n`);
assert(names.includes('read_text_file'));
assert(!names.includes('move_file'));

say('3. The agent reads a file. Policy allows it, and the answer is the server’s own, byte for byte:\n');
const notes = await client.callTool({
  name: 'read_text_file',
  arguments: { path: path.join(files, 'notes.txt') },
});
say(`     ${textOf(notes).trim()}\n`);
assert.equal(textOf(notes), 'The meeting is at ten.\n');

say(
  '4. The agent tries a file that the policy protects. The server never sees the call; the model reads why:\n',
);
const denied = await client.callTool({
  name: 'read_text_file',
  arguments: { path: path.join(files, 'secret-plan.txt') },
});
say(`     ${textOf(denied)}\n`);
assert.equal(denied.isError, true);
assert.equal(denied._meta['guard/denial'].rule, 'secrets-stay-closed');

say('5. It guesses a tool that the server does not list. That dies early:\n');
const guessed = await client.callTool({ name: 'delete_everything', arguments: {} });
say(`     ${textOf(guessed)}\n`);
assert.equal(guessed.isError, true);

say('6. It even tries to read the policy itself. Guard protects its own files:\n');
const own = await client.callTool({ name: 'read_text_file', arguments: { path: policy } });
say(`     ${textOf(own)}\n`);
assert.equal(own._meta['guard/denial'].reason, 'self_protection');
await client.close();

say('7. Everything is in the audit log. `guard tail` shows it (live, while agents work):\n');
const tail = spawnSync(process.execPath, [guard, 'tail', '--no-follow', '--audit', audit], {
  env,
  encoding: 'utf8',
});
say(tail.stdout);
assert.equal(tail.status, 0, tail.stderr);
assert.match(tail.stdout, /secrets-stay-closed/);
clear();

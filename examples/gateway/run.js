// `guard serve`: two published servers behind one endpoint, asked by a client over HTTP.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { assert, guard, say, stage, textOf } from '../support.js';

const { folder, env, audit, clear } = stage();
const files = path.join(folder, 'files');
mkdirSync(files);
writeFileSync(path.join(files, 'hello.txt'), 'hello from the gateway\n');
const config = path.join(folder, 'guard.yaml');
copyFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml'), config);

// Port 0 takes any free one; the log says which.
const gateway = spawn(
  process.execPath,
  [guard, 'serve', '--config', config, '--port', '0', '--audit', audit],
  { env: { ...process.env, ...env, WORK: files }, stdio: ['ignore', 'ignore', 'pipe'] },
);
const base = await listening(gateway);
say(`guard serve listens on ${base}`);

const client = new Client({ name: 'example', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL(base)));
const { tools } = await client.listTools();
const names = tools.map(({ name }) => name);
say(`tools of both servers: ${names.slice(0, 3).join(', ')}, … (${names.length})`);
assert.ok(names.includes('files__read_text_file') && names.includes('everything__echo'));
assert.ok(!names.includes('files__write_file'), 'a tool that no call could pass is not listed');

const read = await client.callTool({
  name: 'files__read_text_file',
  arguments: { path: path.join(files, 'hello.txt') },
});
say(`files__read_text_file: ${textOf(read).trim()}`);
assert.match(textOf(read), /hello from the gateway/);
const echoed = await client.callTool({ name: 'everything__echo', arguments: { message: 'hi' } });
say(`everything__echo: ${textOf(echoed)}`);
const denied = await client.callTool({
  name: 'files__write_file',
  arguments: { path: path.join(files, 'hello.txt'), content: 'gone' },
});
say(`files__write_file: ${textOf(denied)}`);
assert.equal(denied.isError, true);
await client.close();

gateway.kill('SIGTERM');
await new Promise((resolve) => gateway.once('exit', resolve));
const records = readFileSync(audit, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const calls = records.filter((record) => record.type === 'decision' && record.method === 'tools/call');
say(`records: ${calls.map(({ upstream, tool, decision }) => `${upstream} ${tool} ${decision}`).join('; ')}`);
assert.deepEqual(
  calls.map(({ decision }) => decision),
  ['allow', 'allow', 'deny'],
);
clear();

/** The address of the endpoint, once the gateway says that it listens. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /url=(\S+)/.exec(text);
      if (found !== null) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`guard serve ended with ${code}: ${text}`)));
  });
}

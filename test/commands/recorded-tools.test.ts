import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { ROOT } from '../support/source-files.js';

verifies('starter:tools');

interface Recorded {
  readonly version: string;
  readonly tools: readonly object[];
}

// The published servers that the tests have at hand; `npm run record-tools` asks the others.
test.each([
  ['filesystem', '@modelcontextprotocol/server-filesystem', [ROOT]],
  ['everything', '@modelcontextprotocol/server-everything', []],
])('the recorded tools of %s are those that it lists', async (name, packageName, args) => {
  const file = path.join(ROOT, 'test/fixtures/server-tools', `${name}.json`);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  const home = path.join(ROOT, 'node_modules', packageName);
  const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as Recorded;
  const client = new Client({ name: 'peer', version: '1' });
  const command = process.execPath;
  const server = path.join(home, 'dist/index.js');
  await client.connect(new StdioClientTransport({ command, args: [server, ...args], stderr: 'ignore' }));
  try {
    const { tools } = await client.listTools();
    const listed = tools.map(({ name: tool, annotations = {}, inputSchema }) => ({
      name: tool,
      hints: Object.fromEntries(Object.entries(annotations).filter(([key]) => key.endsWith('Hint'))),
      inputs: Object.keys(inputSchema.properties ?? {}),
    }));
    expect({ version, tools: listed }).toEqual({ version: recorded.version, tools: recorded.tools });
  } finally {
    await client.close();
  }
});

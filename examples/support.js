// What every example needs: a client in front of guard, and words on the terminal.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The built program. */
export const guard = path.join(root, 'bin', 'guard.js');

/** The published filesystem server, as npx would start it. */
export const filesystemServer = path.join(
  root,
  'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js',
);

/** A folder of its own for the story, and an environment in which guard finds nobody's own config. */
export function stage() {
  const folder = mkdtempSync(path.join(tmpdir(), 'guard-example-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    USERPROFILE: folder,
    FORCE_COLOR: process.env.FORCE_COLOR ?? '',
  };
  return {
    folder,
    env,
    audit: path.join(folder, 'audit.jsonl'),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Connects a client to a server through guard, as an MCP client does from its config file. */
export async function connect({ options, server, env, cwd }) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [guard, ...options, '--', process.execPath, ...server],
    env,
    cwd,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'example', version: '1.0.0' });
  await client.connect(transport);
  return client;
}

/** The text of a tool result. */
export function textOf(result) {
  return result.content.map((part) => part.text ?? `(${part.type})`).join('\n');
}

/** Says what comes next. */
export function say(text) {
  console.log(text);
}

export { assert };

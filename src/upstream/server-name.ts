import { SERVER_NAME_CHARS_MAX } from '../platform/bounds.js';
import path from 'node:path';

/** Programs that run another one named among their arguments. */
const RUNNERS = new Set([
  'npx',
  'npm',
  'pnpm',
  'yarn',
  'bunx',
  'bun',
  'uvx',
  'uv',
  'pipx',
  'node',
  'deno',
  'tsx',
  'python',
  'python3',
  'docker',
  'podman',
  'cmd',
]);
/** Words of runners that are not yet the program. */
const RUNNER_WORDS = new Set(['run', 'exec', 'x', 'dlx', 'tool', '/c', 'npx']);
/** File and folder names that say nothing about the server. */
const GENERIC = new Set([
  'index',
  'main',
  'server',
  'cli',
  'app',
  'dist',
  'build',
  'bin',
  'src',
  'lib',
  'out',
  'stdio',
  'mcp',
]);

/**
 * A name for the server that the command starts, for rules and records where `--server` gives none:
 * `npx -y @scope/server-filesystem@1.2 /srv` is `filesystem`, `npx @scope/mcp` is `scope`. Letters, digits, `.`, `_` and `-` only.
 */
export function serverNameOf(command: string, args: readonly string[]): string {
  const program = programName(command);
  const named = RUNNERS.has(program)
    ? args.find((word) => !word.startsWith('-') && !RUNNER_WORDS.has(word))
    : undefined;
  return clean(named ?? command) || clean(command) || 'server';
}

/** A name for a remote server: its host. */
export function remoteNameOf(url: URL): string {
  return url.hostname.slice(0, SERVER_NAME_CHARS_MAX);
}

function programName(command: string): string {
  return path
    .basename(command.replaceAll('\\', '/'))
    .replace(/\.(exe|cmd|bat|ps1)$/i, '')
    .toLowerCase();
}

/** The last part of a path or package name that says something about the server. */
function clean(word: string): string {
  const parts = word
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => !/^\.{0,2}$/.test(part));
  const telling = parts.findLast((part) => !GENERIC.has(stem(part)));
  return stem(telling ?? parts.at(-1) ?? '');
}

function stem(part: string): string {
  return part
    .replace(/(?<=.)@.*$/, '')
    .replace(/^@/, '')
    .replace(/:[^:]*$/, '')
    .replace(/\.(exe|cmd|bat|ps1|m?[jt]s|cjs|py)$/i, '')
    .replace(/^(mcp-server-|server-|mcp-)(?=.)/, '')
    .replace(/(-mcp-server|-mcp|-server)$/, '')
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, SERVER_NAME_CHARS_MAX);
}

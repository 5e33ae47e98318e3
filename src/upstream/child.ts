import { spawn as nodeSpawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { SHUTDOWN_CLOSE_MS, SHUTDOWN_KILL_MS, SHUTDOWN_TERM_MS } from '../platform/bounds.js';
import { GuardError, systemErrorCode } from '../platform/errors.js';
import type { Environment } from '../platform/paths.js';
import { processTree, type ProcessTree } from './process-tree.js';
import type { Upstream, UpstreamEnd } from './upstream.js';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** The folder in which it runs; guard's own where it is left out. */
  readonly cwd?: string | undefined;
  /** Gets the server's stderr as it comes. */
  readonly onStderr: (chunk: Buffer) => void;
}

type StartProcess = (command: string, args: string[], options: SpawnOptions) => ChildProcess;

/** How often a process tree is looked at while it is waited for. */
const TREE_POLL_MS = 25;

/**
 * Starts the server without a shell, in such a way that what it forks can be ended with it. Throws
 * GuardError `command-not-found` or `command-not-executable`.
 */
export async function startChild(options: ChildOptions): Promise<Upstream> {
  const tree = processTree(options.env);
  const spawn = await spawnOfPlatform();
  const child = spawn(options.command, [...options.args], {
    ...tree.spawn,
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  await spawned(child, options);
  const { stdin, stdout, stderr, pid } = child;
  if (stdin === null || stdout === null || stderr === null || pid === undefined) {
    throw new GuardError(
      'command-not-executable',
      `the server "${options.command}" started without its pipes`,
    );
  }
  stderr.on('data', options.onStderr);
  const ended = endOf(child);
  let closing: Promise<void> | undefined;
  return {
    input: stdin,
    output: stdout,
    ended,
    kill: () => tree.signal(pid, 'SIGKILL'),
    close() {
      closing ??= endTree(tree, pid, ended, () => stdin.end());
      return closing;
    },
  };
}

/** Node's own spawn; on Windows the one that finds `.cmd` shims and escapes their arguments. */
async function spawnOfPlatform(): Promise<StartProcess> {
  if (process.platform !== 'win32') return nodeSpawn;
  const { default: spawn } = await import('cross-spawn');
  return spawn;
}

/** Resolves once the process runs; rejects with what is wrong with its command. */
async function spawned(child: ChildProcess, options: ChildOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (error) {
    throw spawnError(error, options);
  }
  // Later errors of the process (a kill that came too late) end it or mean nothing.
  child.on('error', () => undefined);
}

function spawnError(error: unknown, { command, cwd }: ChildOptions): GuardError {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
      // The system says the same of a missing folder, and there the command's spelling is no help.
      if (cwd !== undefined && !existsSync(cwd)) {
        return new GuardError(
          'command-not-found',
          `the folder "${cwd}" of the command "${command}" does not exist`,
          {
            hint: 'Make the folder, or correct cwd.',
            cause: error,
          },
        );
      }
      return new GuardError('command-not-found', `the command "${command}" was not found`, {
        hint: 'Check the spelling, or write its absolute path: clients with a window often have a bare PATH.',
        cause: error,
      });
    case 'EACCES':
      return new GuardError('command-not-executable', `the command "${command}" may not be executed`, {
        hint: 'Check that it is a program and that you may run it (chmod +x).',
        cause: error,
      });
    default:
      return new GuardError(
        'command-not-executable',
        `the command "${command}" could not be started: ${String(error)}`,
        {
          cause: error,
        },
      );
  }
}

function endOf(child: ChildProcess): Promise<UpstreamEnd> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (signal === null) resolve({ exitCode: code ?? 1, description: `exited with code ${code ?? 1}` });
      else resolve({ exitCode: 128 + constants.signals[signal], description: `was ended by ${signal}` });
    });
  });
}

/**
 * Ends a process tree: close its stdin, wait, SIGTERM, wait, SIGKILL. What the leader left behind
 * goes the same way, so at the end nothing of the tree runs.
 */
async function endTree(
  tree: ProcessTree,
  pid: number,
  ended: Promise<unknown>,
  closeStdin: () => void,
): Promise<void> {
  closeStdin();
  if ((await within(ended, SHUTDOWN_CLOSE_MS)) && !tree.alive(pid)) return;
  tree.signal(pid, 'SIGTERM');
  if (await treeGone(tree, pid, ended, SHUTDOWN_TERM_MS)) return;
  tree.signal(pid, 'SIGKILL');
  await treeGone(tree, pid, ended, SHUTDOWN_KILL_MS);
}

async function treeGone(
  tree: ProcessTree,
  pid: number,
  ended: Promise<unknown>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if ((await within(ended, TREE_POLL_MS)) && !tree.alive(pid)) return true;
    await within(new Promise(() => undefined), TREE_POLL_MS);
  }
  return false;
}

/** Whether the promise settled within the time. */
async function within(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

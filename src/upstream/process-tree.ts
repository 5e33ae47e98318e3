import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Environment } from '../platform/paths.js';
import { groupTree } from './group-tree.js';
import { markedTree } from './marked-tree.js';
import { windowsTree } from './windows-tree.js';

type TreeSignal = 'SIGTERM' | 'SIGKILL';

/** A server and everything that it starts, so that all of it can be ended. */
export interface ProcessTree {
  /** What the server is started with beside its command. */
  readonly spawn: { readonly env: Environment; readonly detached: boolean };
  /** Signals every process of the tree; `leader` is the process that was started. */
  signal(leader: number, signal: TreeSignal): void;
  /** Whether any process of the tree still runs. */
  alive(leader: number): boolean;
}

/**
 * The way in which this platform tells the processes of one server from all others. On Linux each
 * inherits a variable of its own name, which holds also for what left the process group or lost its
 * parent; a group of its own would come at a price there, since Linux schedules a server in another
 * session as a stranger, which costs every call some 30 µs.
 */
export function processTree(env: Environment): ProcessTree {
  if (process.platform === 'win32') return windowsTree(env);
  if (!existsSync('/proc/self/environ')) return groupTree(env);
  return markedTree(env, `MCP_GUARD_TREE_${randomBytes(8).toString('hex')}`);
}

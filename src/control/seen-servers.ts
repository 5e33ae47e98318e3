import fs from 'node:fs';
import path from 'node:path';
import { SEEN_SERVER_FILE_BYTES_MAX, SEEN_SERVERS_MAX, SEEN_TOOLS_DELAY_MS } from '../platform/bounds.js';
import { messageOf, systemErrorCode } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { makeFolder } from '../platform/make-folder.js';
import { readOwnBytes } from '../platform/own-file.js';
import { replaceWhole } from '../platform/whole-file.js';
import {
  readSeenServerText,
  type SeenServer,
  seenServerFile,
  seenServerFileName,
} from './seen-server-file.js';

export interface SeenToolsOptions {
  readonly folder: string;
  /** Tells the person that it cannot be written. */
  readonly note: (text: string) => void;
}

/**
 * Writes down which tools servers list, so that the dashboard knows them when no guard runs. Written
 * SEEN_TOOLS_DELAY_MS after a list at the earliest, only where it is another one, and never while a
 * call is judged. Keeps no process alive.
 */
export class SeenTools {
  readonly #options: SeenToolsOptions;
  readonly #waiting = new Map<string, () => SeenServer>();
  /** What was written last, by server, without its time. */
  readonly #written = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SeenToolsOptions) {
    this.#options = options;
  }

  /** A list of this server went by; `look` is asked when there is time. */
  listed(server: string, look: () => SeenServer): void {
    this.#waiting.set(server, look);
    this.#timer ??= setTimeout(() => this.#write(), SEEN_TOOLS_DELAY_MS).unref();
  }

  /** Writes what still waits. */
  close(): void {
    this.#write();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { folder, note } = this.#options;
    const looks = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const look of looks) {
      const seen = look();
      const content = JSON.stringify(seen.tools);
      if (this.#written.get(seen.server) === content) continue;
      try {
        makeFolder(folder);
        makeRoom(folder, seenServerFileName(seen.server));
        const file = path.join(folder, seenServerFileName(seen.server));
        replaceWhole(file, fileText(seenServerFile(seen)), { mode: 0o600, durable: false });
        this.#written.set(seen.server, content);
      } catch (error) {
        note(`the dashboard cannot show the tools of this server: ${messageOf(error)}`);
      }
    }
  }
}

/** Every server whose tools a guard of this user has seen, by name, and what could not be read. Never throws. */
export function readSeenServers(folder: string): {
  readonly servers: readonly SeenServer[];
  readonly troubles: readonly string[];
} {
  const troubles: string[] = [];
  const servers: SeenServer[] = [];
  for (const name of namesIn(folder, troubles).slice(0, SEEN_SERVERS_MAX)) {
    const file = path.join(folder, name);
    const read = readOwnBytes(file, SEEN_SERVER_FILE_BYTES_MAX, {
      user: process.getuid?.(),
      isRootTrusted: false,
      privacy: 'others-may-read',
    });
    if (read.kind === 'absent') continue;
    const seen = read.kind === 'bytes' ? readSeenServerText(name, read.bytes.toString('utf8')) : undefined;
    if (seen !== undefined) servers.push(seen);
    else troubles.push(`${file} ${read.kind === 'trouble' ? read.why : 'is not as this guard writes it'}`);
  }
  return { servers: servers.toSorted((a, b) => (a.server < b.server ? -1 : 1)), troubles };
}

/** Takes the oldest files away where one more would be too many. */
function makeRoom(folder: string, coming: string): void {
  const names = namesIn(folder, []).filter((name) => name !== coming);
  if (names.length < SEEN_SERVERS_MAX) return;
  const aged = names.map((name) => ({ name, atMs: changedMs(path.join(folder, name)) }));
  for (const { name } of aged.toSorted((a, b) => b.atMs - a.atMs).slice(SEEN_SERVERS_MAX - 1)) {
    fs.rmSync(path.join(folder, name), { force: true });
  }
}

function changedMs(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function namesIn(folder: string, troubles: string[]): string[] {
  try {
    return fs.readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') troubles.push(`${folder} cannot be read: ${messageOf(error)}`);
    return [];
  }
}

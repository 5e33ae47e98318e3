import fs from 'node:fs';
import path from 'node:path';
import { CLIENT_LOCK_MS, CLIENT_LOCK_STALE_MS } from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import { randomId } from '../../platform/random-id.js';
import { type ConfigFile, readConfigFile } from './read-config-file.js';

/** What writing came to; `why` follows the file's name in a sentence. */
export type WriteResult = { readonly kind: 'written' } | { readonly kind: 'refused'; readonly why: string };

/** The calls that can fail; tests put others in their place. */
export interface WritePort {
  readonly write: (descriptor: number, bytes: Uint8Array) => void;
  readonly rename: (from: string, to: string) => void;
  /** Called between writing the draft and looking whether the file is still the same. */
  readonly beforeCheck: () => void;
}

export interface WriteOptions {
  /** The client holds a folder `<file>.lock` while it writes. */
  readonly locks: boolean;
  readonly user: number | undefined;
  readonly nowMs: () => number;
  readonly port?: Partial<WritePort>;
}

const RETRIES = 20;
const RETRY_MS = 50;

/**
 * Puts other bytes in a file's place: whole or not at all, under its real path, with its mode. The
 * file must still hold the bytes that were read; between that look and the rename lie microseconds
 * in which no portable call could keep another program from writing. Never throws.
 */
export async function replaceConfigFile(
  file: ConfigFile,
  bytes: Uint8Array,
  options: WriteOptions,
): Promise<WriteResult> {
  const lock = options.locks ? `${file.realPath}.lock` : undefined;
  if (lock !== undefined && !(await takeLock(lock, options.nowMs))) {
    return { kind: 'refused', why: `is locked by its client (${lock})` };
  }
  try {
    return await writeThrough(file, bytes, options);
  } catch (error) {
    return { kind: 'refused', why: `cannot be written: ${messageOf(error)}` };
  } finally {
    if (lock !== undefined) fs.rmSync(lock, { recursive: true, force: true });
  }
}

async function writeThrough(
  file: ConfigFile,
  bytes: Uint8Array,
  { user, port = {} }: WriteOptions,
): Promise<WriteResult> {
  const { realPath, mode } = file;
  const draft = path.join(path.dirname(realPath), `${randomId(`.${path.basename(realPath)}.`, 12)}.tmp`);
  try {
    const descriptor = fs.openSync(draft, 'wx', 0o600);
    try {
      (port.write ?? writeAll)(descriptor, bytes);
      fs.fchmodSync(descriptor, mode);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    port.beforeCheck?.();
    const now = readConfigFile(file.path, user);
    if (now.kind !== 'file' || now.file.realPath !== realPath || !now.file.bytes.equals(file.bytes)) {
      return { kind: 'refused', why: 'was changed by another program meanwhile: run the command again' };
    }
    await renamePatiently(draft, realPath, port.rename ?? fs.renameSync);
    return { kind: 'written' };
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  fs.writeFileSync(descriptor, bytes);
}

/** Windows refuses for as long as a virus scanner or the client has the file open. */
async function renamePatiently(from: string, to: string, rename: WritePort['rename']): Promise<void> {
  for (let left = RETRIES; ; left -= 1) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      const code = systemErrorCode(error);
      const isBusy =
        process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY' || code === 'EACCES');
      if (!isBusy || left <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Cline makes a folder beside its file while it writes; one that is older than it ever takes was left behind. */
async function takeLock(lock: string, nowMs: () => number): Promise<boolean> {
  const end = nowMs() + CLIENT_LOCK_MS;
  for (let left = CLIENT_LOCK_MS / RETRY_MS; left > 0 && nowMs() <= end; left -= 1) {
    try {
      fs.mkdirSync(lock, { mode: 0o700 });
      return true;
    } catch (error) {
      // Where no lock can be made, writing will tell why.
      if (systemErrorCode(error) !== 'EEXIST') return true;
      const age = nowMs() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? nowMs());
      if (age > CLIENT_LOCK_STALE_MS) fs.rmSync(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return false;
}

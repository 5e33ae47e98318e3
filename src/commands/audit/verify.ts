import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { OpenSegment } from '../../audit/open-segment.js';
import { listSegments } from '../../audit/segments.js';
import { readPublicKey } from '../../audit/signing-key.js';
import type { KnownKeys } from '../../audit/verify/check-checkpoint.js';
import { readWhole } from '../../audit/verify/snapshot.js';
import { LogVerifier } from '../../audit/verify/verify-log.js';
import { EXIT_CODES, GuardError } from '../../platform/errors.js';
import { auditFileOf } from '../audit-file.js';
import { printText } from '../check-print.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { ownKeys } from '../own-keys.js';
import { openProgress } from '../progress.js';
import { textListOption, textOption } from '../text-option.js';
import { verificationJson, verificationText } from './verify-text.js';

/**
 * Verifies a log; 1 where it shows that it was changed. Throws GuardError `usage`, `audit-unreadable`,
 * `audit-key-unusable`.
 */
export const run: Run = async (input, tools) => {
  const keys = keysOf(input, tools);
  const read =
    input.args.length > 0 ? await readNamed(input, tools, keys) : await readLog(input, tools, keys);
  if (tools.signal.aborted) throw new GuardError('input-cancelled', 'stopped before the end of the log');
  const { verifier, files } = read;
  const result = verifier.finish();
  const shown = { result, files, keys: [...keys.keys()] };
  await printText(
    tools.stdout,
    input.options['json'] === true ? verificationJson(shown) : verificationText(shown),
  );
  return result.findingsInAll === 0 ? EXIT_CODES.ok : EXIT_CODES.findings;
};

/** What was read of a log. */
interface ReadFiles {
  readonly verifier: LogVerifier;
  readonly files: readonly string[];
}

/** The files that are named, in that order. */
async function readNamed(input: CommandInput, tools: Tools, keys: KnownKeys): Promise<ReadFiles> {
  if (textOption(input, 'audit') !== undefined)
    throw new GuardError('usage', 'expected either files or --audit, got both');
  const paths = input.args.map((file) => path.resolve(tools.cwd, file));
  const files = await Promise.all(paths.map(async (file) => ({ path: file, size: await sizeOf(file) })));
  const verifier = await openVerifier(input, tools, keys);
  const { read, hide } = readerOf(files, verifier, input, tools);
  try {
    for (const file of paths) await read(file);
  } finally {
    hide();
  }
  return { verifier, files: paths };
}

/** All files of the log, to which guards may write meanwhile. */
async function readLog(input: CommandInput, tools: Tools, keys: KnownKeys): Promise<ReadFiles> {
  const log = await auditFileOf(textOption(input, 'audit'), tools);
  let verifier = new LogVerifier(keys);
  let reader: Reader | undefined;
  let names: string[] = [];
  const list = async (): ReturnType<typeof listSegments> => {
    // The anchors first: what they know by then, the log holds.
    verifier = await openVerifier(input, tools, keys);
    const segments = await listSegments(log);
    if (segments.length === 0) throw missing(log);
    return segments;
  };
  const begin = (files: readonly Sized[]): ((part: OpenSegment) => Promise<void>) => {
    const { read } = (reader = readerOf(files, verifier, input, tools));
    names = [];
    return (part) => {
      names.push(part.path);
      return read(part);
    };
  };
  try {
    await readWhole(list, begin);
  } finally {
    reader?.hide();
  }
  return { verifier, files: names };
}

async function openVerifier(
  input: CommandInput,
  { cwd, signal }: Tools,
  keys: KnownKeys,
): Promise<LogVerifier> {
  const verifier = new LogVerifier(keys);
  for (const anchor of textListOption(input, 'anchor')) {
    const file = path.resolve(cwd, anchor);
    await sizeOf(file);
    await verifier.readAnchor(file, signal);
  }
  return verifier;
}

interface Sized {
  readonly size: number;
}

/** Hands files to a verifier and shows how far it has come. */
interface Reader {
  readonly read: (file: string | OpenSegment) => Promise<void>;
  readonly hide: () => void;
}

function readerOf(
  files: readonly Sized[],
  verifier: LogVerifier,
  { options }: CommandInput,
  { stderr, clock, signal }: Tools,
): Reader {
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const enabled = options['progress'] !== false;
  const progress = openProgress(stderr, { label: 'verifying', totalBytes, enabled, clock });
  let before = 0;
  return {
    async read(file) {
      let size = 0;
      const onProgress = (done: number): void => progress.at(before + (size = done));
      await verifier.readFile(file, onProgress, signal);
      before += size;
    },
    hide: () => progress.hide(),
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw missing(file, error);
  }
}

function missing(file: string, cause?: unknown): GuardError {
  return new GuardError('audit-unreadable', `there is no file ${file} that can be read`, {
    hint: 'name the log with --audit, or its files one after the other, oldest first',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The keys that are named, or this user's own where there is one; verifying makes none. */
function keysOf(input: CommandInput, tools: Tools): KnownKeys {
  const named = textListOption(input, 'key').map((file) => readPublicKey(path.resolve(tools.cwd, file)));
  if (named.length === 0) return ownKeys(tools.env);
  return new Map(named.map(({ fingerprint, publicKey }) => [fingerprint, publicKey]));
}

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { listSegments } from '../../audit/segments.js';
import { openSigningKey, readPublicKey } from '../../audit/signing-key.js';
import type { KnownKeys } from '../../audit/verify/check-checkpoint.js';
import { LogVerifier } from '../../audit/verify/verify-log.js';
import { EXIT_CODES, GuardError } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { stateFiles } from '../../platform/state-files.js';
import { auditFileOf } from '../audit-file.js';
import { printText } from '../check-print.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { openProgress } from '../progress.js';
import { textListOption, textOption } from '../text-option.js';
import { verificationJson, verificationText } from './verify-text.js';

/**
 * Verifies a log; 1 where it shows that it was changed. Throws GuardError `usage`, `audit-unreadable`,
 * `audit-key-unusable`.
 */
export const run: Run = async (input, tools) => {
  const files = await filesOf(input, tools);
  const keys = keysOf(input, tools);
  const verifier = new LogVerifier(keys);
  for (const anchor of textListOption(input, 'anchor')) {
    const file = path.resolve(tools.cwd, anchor);
    await sizeOf(file);
    await verifier.readAnchor(file, tools.signal);
  }
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const progress = openProgress(tools.stderr, {
    label: 'verifying',
    totalBytes,
    enabled: input.options['progress'] !== false,
    clock: tools.clock,
  });
  let before = 0;
  try {
    for (const { file, size } of files) {
      await verifier.readFile(file, (done) => progress.at(before + done), tools.signal);
      before += size;
    }
  } finally {
    progress.hide();
  }
  if (tools.signal.aborted) throw new GuardError('input-cancelled', 'stopped before the end of the log');
  const result = verifier.finish();
  const shown = { result, files: files.map(({ file }) => file), keys: [...keys.keys()] };
  await printText(
    tools.stdout,
    input.options['json'] === true ? verificationJson(shown) : verificationText(shown),
  );
  return result.findingsInAll === 0 ? EXIT_CODES.ok : EXIT_CODES.findings;
};

interface NamedFile {
  readonly file: string;
  readonly size: number;
}

/** The files that are named, in that order, or all of the log. */
async function filesOf(input: CommandInput, tools: Tools): Promise<readonly NamedFile[]> {
  const named = textOption(input, 'audit');
  if (input.args.length > 0) {
    if (named !== undefined) throw new GuardError('usage', 'expected either files or --audit, got both');
    const paths = input.args.map((file) => path.resolve(tools.cwd, file));
    return Promise.all(paths.map(async (file) => ({ file, size: await sizeOf(file) })));
  }
  const log = await auditFileOf(named, tools);
  const segments = await listSegments(log);
  if (segments.length === 0) throw missing(log);
  return segments.map(({ path: file, size }) => ({ file, size }));
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
  const own = stateFiles(guardPaths(tools.env)).auditKey;
  if (named.length === 0 && existsSync(own)) named.push(openSigningKey(own));
  return new Map(named.map(({ fingerprint, publicKey }) => [fingerprint, publicKey]));
}

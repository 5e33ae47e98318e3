import fs from 'node:fs';
import path from 'node:path';
import { DOCTOR_CLOCK_MS_MAX, DOCTOR_DISK_BYTES_LEAST } from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import {
  type DoctorCheck,
  type DoctorContext,
  type DoctorFinding,
  fine,
  problem,
  warning,
} from './doctor-check.js';

/** Whether the state folder is the user's alone. */
export const stateCheck: DoctorCheck = {
  name: 'state',
  run({ paths: { stateDir } }) {
    const stats = statsOf(stateDir);
    if (stats === undefined) return [notThere(stateDir, 'the state folder')];
    if (!stats.isDirectory()) return [problem(`${stateDir} is no folder`, 'move it away')];
    const user = process.getuid?.();
    if (user !== undefined && stats.uid !== user) {
      return [
        problem(
          `${stateDir} belongs to user ${stats.uid}`,
          `run guard as that user, or: chown -R ${user} '${stateDir}'`,
        ),
      ];
    }
    if (user !== undefined && (stats.mode & 0o022) !== 0) {
      return [
        problem(`${stateDir} can be written by others (mode ${modeOf(stats)})`, `chmod 700 '${stateDir}'`),
      ];
    }
    if (user !== undefined && (stats.mode & 0o077) !== 0) {
      return [
        warning(`${stateDir} can be read by others (mode ${modeOf(stats)})`, `chmod 700 '${stateDir}'`),
      ];
    }
    return [fine(stateDir)];
  },
};

/** Whether records can be written, and by nobody else. */
export const auditCheck: DoctorCheck = {
  name: 'audit',
  run: (context) => auditFiles(context).flatMap((file) => auditFindings(file)),
};

/** Whether the clock is not behind the files that were written by it. */
export const clockCheck: DoctorCheck = {
  name: 'clock',
  run(context) {
    const nowMs = context.tools.clock.wallMs();
    const files = [...auditFiles(context), ...(context.config?.files.files ?? []).map((file) => file.path)];
    const ahead = files.filter((file) => (statsOf(file)?.mtimeMs ?? 0) > nowMs + DOCTOR_CLOCK_MS_MAX);
    if (ahead.length === 0) return [fine(new Date(nowMs).toISOString())];
    return ahead.map((file) =>
      problem(
        `the clock is behind: ${file} was written later than now, ${new Date(nowMs).toISOString()}`,
        'set the clock: expiry, windows of limits and tokens depend on it',
      ),
    );
  },
};

function auditFiles({ config, paths }: DoctorContext): string[] {
  if (config?.ok !== true) return [paths.auditFile];
  const { path: file, sinks } = config.config.settings.audit;
  const files = sinks.filter(({ type }) => type === 'file').map((sink) => sink.path ?? file);
  // `guard -- command` writes the log itself wherever `guard serve` writes to.
  return [...new Set([file, ...files])];
}

function auditFindings(file: string): DoctorFinding[] {
  const stats = statsOf(file);
  if (stats === undefined) return [notThere(file, 'the audit log'), ...diskFindings(path.dirname(file))];
  if (!stats.isFile()) return [problem(`${file} is no regular file`, 'name a regular file with audit.path')];
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user) {
    return [problem(`${file} belongs to user ${stats.uid}`, 'move the file away, or run guard as its owner')];
  }
  if (user !== undefined && (stats.mode & 0o022) !== 0) {
    return [problem(`${file} can be written by others (mode ${modeOf(stats)})`, `chmod 600 '${file}'`)];
  }
  if (!isWritable(file))
    return [
      problem(`${file} cannot be written`, `chmod 600 '${file}', or name another file with audit.path`),
    ];
  const open = user !== undefined && (stats.mode & 0o077) !== 0;
  return [
    open
      ? warning(`${file} can be read by others (mode ${modeOf(stats)})`, `chmod 600 '${file}'`)
      : fine(file),
    ...diskFindings(path.dirname(file)),
  ];
}

/** What is not there is made when it is needed, where that is possible. */
function notThere(target: string, what: string): DoctorFinding {
  let folder = path.dirname(target);
  while (statsOf(folder) === undefined && folder !== path.dirname(folder)) folder = path.dirname(folder);
  if (isWritable(folder)) return fine(`${target} is made when it is needed`);
  return problem(
    `${what} ${target} cannot be made: ${folder} cannot be written`,
    'give this user the right to write there, or name another place',
  );
}

function diskFindings(folder: string): DoctorFinding[] {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    const free = bavail * bsize;
    if (free >= DOCTOR_DISK_BYTES_LEAST) return [];
    return [
      problem(
        `${Math.floor(free / 1024 / 1024)} MiB are free on the disk of ${folder}`,
        'free some space: without records calls are denied',
      ),
    ];
  } catch {
    // A folder that is not there has no disk of its own yet.
    return [];
  }
}

function statsOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be looked at: ${messageOf(error)}`, { cause: error });
  }
}

function isWritable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function modeOf({ mode }: fs.Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

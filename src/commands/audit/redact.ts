import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createLineCheck, type LineFinding } from '../../audit/redaction/check-line.js';
import { type Detector, DETECTORS } from '../../audit/redaction/detectors.js';
import { KnownSecrets } from '../../audit/redaction/known-secrets.js';
import { listSegments } from '../../audit/segments.js';
import { textLines } from '../../audit/text-lines.js';
import { loadConfig } from '../../config/load.js';
import { configSecrets, environmentSecrets } from '../../config/secret-values.js';
import { EXIT_CODES, GuardError, messageOf } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';
import { printText } from '../check-print.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { shownJsonLine } from '../json-print.js';
import { textOption } from '../text-option.js';

/** A finding and where it is. */
interface Found extends LineFinding {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Looks through a log for what redaction would take out, and reports it without showing it. Resolves
 * with 1 where there is something. Throws GuardError `audit-unreadable`.
 */
export const run: Run = async (input, tools) => {
  const named = textOption(input, 'check');
  if (named === undefined) {
    throw new GuardError('usage', 'expected --check and the file to look through', {
      hint: 'guard audit redact --check audit.jsonl',
    });
  }
  const check = createLineCheck(await knownSecrets(input, tools), skipped(input));
  const asJson = input.options['json'] === true;
  let found = 0;
  let lines = 0;
  for await (const { file, text, line, size } of linesOf(named, tools)) {
    lines += 1;
    const findings = text === undefined ? [unread(size)] : check(text);
    if (findings.length === 0) continue;
    found += findings.length;
    const shown = findings.map((finding) => ({ file, line, ...finding }));
    await printText(tools.stdout, shown.map(asJson ? jsonOf : rowOf).join(''));
    if (tools.signal.aborted) break;
  }
  await printText(
    tools.stderr,
    found === 0
      ? `guard: nothing found in ${lines} lines; what has no shape of its own, such as a password in prose, cannot be\n`
      : `guard: ${found} findings in ${lines} lines; the log is not safe to share\n`,
  );
  return found === 0 ? EXIT_CODES.ok : EXIT_CODES.findings;
};

interface FileLine {
  readonly file: string;
  /** Undefined for one that is too long to be read. */
  readonly text: string | undefined;
  readonly line: number;
  /** In bytes. */
  readonly size: number;
}

async function* linesOf(named: string, tools: Tools): AsyncGenerator<FileLine> {
  if (named === '-') {
    for await (const line of textLines(tools.stdin)) yield { file: '-', ...line };
    return;
  }
  const log = path.resolve(tools.cwd, named);
  const segments = await listSegments(log);
  if (!segments.some(({ path: file }) => file === log)) {
    throw new GuardError('audit-unreadable', `there is no audit log at ${named}`, {
      hint: 'name the file, or - for stdin',
    });
  }
  for (const { path: file } of segments) {
    try {
      for await (const line of textLines(createReadStream(file))) yield { file, ...line };
    } catch (error) {
      throw new GuardError('audit-unreadable', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The exact secrets of the environment and the config; without a usable config those of the environment. */
async function knownSecrets(input: CommandInput, tools: Tools): Promise<KnownSecrets> {
  const known = new KnownSecrets(environmentSecrets(tools.env));
  const configFile = textOption(input, 'config');
  try {
    const { cwd, env } = tools;
    known.learn(configSecrets(await loadConfig({ cwd, env, paths: guardPaths(env), configFile })));
  } catch (error) {
    if (configFile !== undefined) throw error;
    tools.stderr.write(
      `guard: the secrets of the config are not looked for: ${printable(messageOf(error))}\n`,
    );
  }
  return known;
}

function skipped(input: CommandInput): ReadonlySet<Detector> {
  const words = (textOption(input, 'skip') ?? '').split(',').filter((word) => word !== '');
  return new Set(
    words.map((word) => {
      const detector = DETECTORS.find((name) => name === word.trim());
      if (detector !== undefined) return detector;
      throw new GuardError(
        'usage',
        `--skip does not know "${word}"; expected some of ${DETECTORS.join(', ')}`,
      );
    }),
  );
}

function unread(size: number): LineFinding {
  return { place: '$', kind: 'unread', shown: `a line of ${size} bytes, which is longer than any record` };
}

function jsonOf(found: Found): string {
  return shownJsonLine(found);
}

function rowOf({ file, line, place, kind, shown }: Found): string {
  return `${printable(`${file}:${line}  ${place}  ${kind}  ${shown}`)}\n`;
}

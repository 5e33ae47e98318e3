import { openSegment } from '../../audit/open-segment.js';
import { createLineCheck, type LineFinding } from '../../audit/redaction/check-line.js';
import { type Detector, DETECTORS } from '../../audit/redaction/detectors.js';
import { KnownSecrets } from '../../audit/redaction/known-secrets.js';
import { listSegments, type Segment } from '../../audit/segments.js';
import { textLines } from '../../audit/text-lines.js';
import { loadConfig } from '../../config/load.js';
import { configSecrets, environmentSecrets } from '../../config/secret-values.js';
import { EXIT_CODES, GuardError, messageOf } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';
import { auditFileOf } from '../audit-file.js';
import { printText } from '../check-print.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { shownJsonLine } from '../json-print.js';
import { openProgress } from '../progress.js';
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
  const skip = skipped(input);
  const source = await sourceOf(input, tools);
  const check = createLineCheck(await knownSecrets(input, tools), skip);
  const asJson = input.options['json'] === true;
  const progress = openProgress(tools.stderr, {
    label: 'checking',
    totalBytes: source === 'stdin' ? 0 : source.reduce((sum, { size }) => sum + size, 0),
    enabled: input.options['progress'] !== false,
    clock: tools.clock,
  });
  let found = 0;
  let lines = 0;
  let bytes = 0;
  try {
    for await (const { file, text, line, size } of linesOf(source, tools)) {
      lines += 1;
      bytes += size + 1;
      progress.at(bytes);
      const findings = text === undefined ? [unread(size)] : check(text);
      if (findings.length > 0) {
        found += findings.length;
        const shown = findings.map((finding) => ({ file, line, ...finding }));
        progress.hide();
        await printText(tools.stdout, shown.map(asJson ? jsonOf : rowOf).join(''));
      }
      if (tools.signal.aborted)
        throw new GuardError('input-cancelled', `stopped before the end of the log, after ${lines} lines`);
    }
  } finally {
    progress.hide();
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

/** What is looked through: the files of a log, oldest first, or stdin. */
type Source = readonly Segment[] | 'stdin';

/** What `--check` names, else the log of the config. Throws GuardError `usage`, `audit-unreadable`. */
async function sourceOf(input: CommandInput, tools: Tools): Promise<Source> {
  if (input.options['check'] === undefined || input.args.length > 0) {
    throw new GuardError('usage', 'expected --check, with the file to look through or without', {
      hint: 'guard audit redact --check audit.jsonl',
    });
  }
  const named = input.options['check'] === true ? undefined : textOption(input, 'check');
  if (named === '-') return 'stdin';
  const log = await auditFileOf(named, tools, textOption(input, 'config'));
  const segments = await listSegments(log);
  // A file that was named has to be there; of a log all files may be rotated ones.
  if (segments.length > 0 && (named === undefined || segments.some(({ current }) => current)))
    return segments;
  throw new GuardError('audit-unreadable', `there is no audit log at ${log}`, {
    hint: 'name the file, or - for stdin',
  });
}

async function* linesOf(source: Source, tools: Tools): AsyncGenerator<FileLine> {
  if (source === 'stdin') {
    for await (const line of textLines(tools.stdin)) yield { file: '-', ...line };
    return;
  }
  for (const segment of source) {
    const log = await openSegment(segment);
    if (log === undefined) continue;
    const { path: file } = log;
    try {
      for await (const line of textLines(log.handle.createReadStream())) yield { file, ...line };
    } catch (error) {
      if (error instanceof GuardError) throw error;
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

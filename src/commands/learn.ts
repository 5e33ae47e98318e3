import path from 'node:path';
import type { SegmentFile } from '../audit/segments.js';
import { EXIT_CODES, GuardError, systemErrorCode } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import { createWhole, replaceWhole } from '../platform/whole-file.js';
import { createLearning, type Learned } from '../replay/learning.js';
import { learnedPolicyText } from '../replay/learned-policy.js';
import { createNarrowness } from '../replay/narrowness.js';
import { createSimulation } from '../replay/simulation.js';
import type { Period } from '../replay/tally.js';
import { printText } from './check-print.js';
import type { CommandInput, Run, Tools } from './command.js';
import { SCHEMA_URL } from './init-starter.js';
import { loadPolicyText } from './policy-file.js';
import { logFilesOf, periodOf, replayFiles } from './replay-log.js';
import { textOption } from './text-option.js';

/** Writes or prints a learned policy. Throws GuardError `usage`, `file-exists`, `audit-unreadable`. */
export const run: Run = async (input, tools) => {
  if (input.args.length > 0) {
    throw new GuardError('usage', `guard learn takes no words, got "${input.args.join(' ')}"`, {
      hint: 'name the file to write with --output',
    });
  }
  const period = periodOf(input, tools);
  const output = textOption(input, 'output');
  const target = path.resolve(tools.cwd, output ?? 'guard.learned.yaml');
  const files = await logFilesOf(input, tools);
  const learning = createLearning(period);
  await replayFiles(files, (record) => learning.push(record), tools);
  const learned = learning.result();
  // The log may grow while it is read again.
  const read: Period = {
    ...period,
    untilMs: learned.lastMs === undefined ? period.untilMs : learned.lastMs + 1,
  };
  const text = await policyText({ input, tools, period: read, files, target, learned });
  if (output === undefined) {
    await printText(tools.stdout, text);
    return EXIT_CODES.ok;
  }
  write(target, text, input.options['force'] === true);
  const { calls, subjects } = learned;
  await printText(
    tools.stdout,
    `wrote ${printable(target)}, rules: ${subjects.length}, from calls: ${calls}\nnext: read it, then guard simulate --policy ${printable(output)}\n`,
  );
  return EXIT_CODES.ok;
};

interface Draft {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly period: Period;
  readonly files: readonly SegmentFile[];
  /** Where the policy will be: its relative paths start there. */
  readonly target: string;
  readonly learned: Learned;
}

/** The policy, tried on the log that it comes from: what does not hold there is left out. */
async function policyText({ input, tools, period, files, target, learned }: Draft): Promise<string> {
  const names = files.map(({ path: file }) => file);
  const from = { schemaUrl: SCHEMA_URL, files: names, period: periodWords(input) };
  const narrowness = createNarrowness();
  const silent = { ...tools, stderr: { write: () => true } };
  for (;;) {
    const text = learnedPolicyText(learned, from, (subject) => narrowness.detailOf(subject));
    const simulation = createSimulation(await loadPolicyText(target, text, tools), period);
    await replayFiles(files, (record) => simulation.push(record), silent);
    // Each round widens a rule that can be widened twice at most, so this ends.
    if (!narrowness.widen(simulation.result())) return text;
  }
}

function periodWords(input: CommandInput): string {
  const words = ['since', 'until'].flatMap((name) => {
    const text = textOption(input, name);
    return text === undefined ? [] : [`${name} ${text}`];
  });
  return words.length === 0 ? 'all there are' : words.join(' ');
}

function write(file: string, text: string, isForced: boolean): void {
  try {
    if (isForced) replaceWhole(file, text, { mode: 0o644, durable: true });
    else createWhole(file, text, { mode: 0o644, durable: true, withoutLinks: 'in-place' });
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') {
      throw new GuardError('file-exists', `${file} is there already`, {
        hint: 'guard learn --force replaces it',
      });
    }
    if (systemErrorCode(error) === undefined) throw error;
    throw new GuardError('usage', `cannot write ${file}: ${systemErrorCode(error) ?? ''}`, {
      hint: 'name a file in a folder that is there with --output',
      cause: error,
    });
  }
}

import type { Call } from '../../audit/call-scan.js';
import { shownJson } from '../../audit/json-text.js';
import { EXIT_CODES } from '../../platform/errors.js';
import { wantsColors } from '../colors.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { createLineFormat } from '../tail-line.js';
import { openLineOutput } from '../tail-output.js';
import { cellsOf } from '../tail-row.js';
import { onceTextOption, usageError } from '../text-option.js';
import { linesOfCall, rowOf } from './call-row.js';
import { openReading, scanCalls } from './scan-calls.js';

/** What a terminal is taken for that does not say how wide it is. */
const TERMINAL_COLUMNS = 80;

/**
 * Prints the calls that are asked for. Ends with 0 where there were some, 1 where there were none, 2
 * where a file of the log could not be read. Throws GuardError `usage`, `audit-unreadable`.
 */
export const run: Run = async (input, tools) => {
  const limit = limitOf(input);
  const show = shownBy(input, tools);
  const output = openLineOutput(tools.stdout, tools.signal);
  let found = 0;
  let lines: string[] = [];
  try {
    const reading = await openReading(input, tools, 'searching');
    await scanCalls<string>(reading, {
      reverse: input.options['reverse'] === true,
      keep: (line) => line.text(),
      look: (line) => line.textNow(),
      onCall: (call) => {
        found += 1;
        if (found <= limit) lines.push(show(call));
      },
      afterBlock: async () => {
        if (lines.length > 0) {
          reading.progress.hide();
          await output.write(lines.join(''));
        }
        lines = [];
        return output.signal.aborted || found >= limit;
      },
    });
    if (!reading.isComplete()) return EXIT_CODES.error;
    return found > 0 ? EXIT_CODES.ok : EXIT_CODES.findings;
  } finally {
    await output.close();
  }
};

function limitOf({ options }: CommandInput): number {
  const text = onceTextOption(options, 'limit');
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw usageError(`--limit: expected a whole number from 1 on, got "${text}"`, 'guard audit search -n 20');
}

function shownBy({ options }: CommandInput, tools: Tools): (call: Call<string>) => string {
  if (options['json'] === true) {
    return (call) =>
      linesOfCall(call)
        .map((line) => `${shownJson(line)}\n`)
        .join('');
  }
  const { stdout } = tools;
  const width = stdout.isTTY ? stdout.columns || TERMINAL_COLUMNS : undefined;
  const format = createLineFormat({ colors: wantsColors(options['color'], tools), width, dates: true });
  return (call) => `${format(cellsOf(rowOf(call)))}\n`;
}

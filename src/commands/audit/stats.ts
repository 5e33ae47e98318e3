import { CallStats, type CountedRecord, type GroupBy, GROUPS } from '../../audit/call-stats.js';
import { createRecordCounter } from '../../audit/counted-record.js';
import { EXIT_CODES } from '../../platform/errors.js';
import { wantsColors } from '../colors.js';
import type { CommandInput, Run } from '../command.js';
import { shownJsonLine } from '../json-print.js';
import { openLineOutput } from '../tail-output.js';
import { onceTextOption, usageError } from '../text-option.js';
import { scanCalls } from './scan-calls.js';
import { statsJson } from './stats-json.js';
import { statsText } from './stats-text.js';

/** What a terminal is taken for that does not say how wide it is. */
const TERMINAL_COLUMNS = 80;

/**
 * Prints what the log holds, counted. Ends with 0, also where nothing is there to count, and with 2
 * where a file of the log could not be read. Throws GuardError `usage`, `audit-unreadable`.
 */
export const run: Run = async (input, tools) => {
  const { stdout } = tools;
  const by = groupOf(input);
  const stats = new CallStats();
  const output = openLineOutput(stdout, tools.signal);
  try {
    const { isComplete } = await scanCalls<CountedRecord>(input, tools, {
      label: 'counting',
      reverse: false,
      keep: createRecordCounter(),
      onCall: (call) => stats.add(call),
      afterBlock: () => Promise.resolve(output.signal.aborted),
    });
    // Numbers of a part of the log would be taken for those of all of it.
    if (output.signal.aborted) return EXIT_CODES.error;
    const text =
      input.options['json'] === true
        ? shownJsonLine(statsJson(stats, by))
        : statsText(stats, by, {
            colors: wantsColors(input.options['color'], tools),
            width: stdout.isTTY ? stdout.columns || TERMINAL_COLUMNS : undefined,
          });
    await output.write(text);
    return isComplete ? EXIT_CODES.ok : EXIT_CODES.error;
  } finally {
    await output.close();
  }
};

function groupOf({ options }: CommandInput): GroupBy | undefined {
  const text = onceTextOption(options, 'by');
  if (text === undefined) return undefined;
  const by = GROUPS.find((name) => name === text);
  if (by !== undefined) return by;
  throw usageError(`--by: expected ${GROUPS.join(', ')}, got "${text}"`, 'guard audit stats --by tool');
}

import { countCalls } from '../../audit/call-index/call-index.js';
import { PieceStore } from '../../audit/call-index/piece-store.js';
import { type CallCounter, CallStats, type GroupBy, GROUPS } from '../../audit/call-stats.js';
import { countCall, type CountedRecord, createRecordCounter } from '../../audit/counted-record.js';
import type { FilterSpec } from '../../audit/filter.js';
import { EXIT_CODES } from '../../platform/errors.js';
import { guardPaths } from '../../platform/paths.js';
import { stateFiles } from '../../platform/state-files.js';
import { wantsColors } from '../colors.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { shownJsonLine } from '../json-print.js';
import { openLineOutput } from '../tail-output.js';
import { onceTextOption, usageError } from '../text-option.js';
import { type LogReading, openReading, scanCalls } from './scan-calls.js';
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
    const reading = await openReading(input, tools, 'counting');
    const isEnough = (): boolean => output.signal.aborted;
    if (isOfTime(reading.spec)) await countFromIndex(reading, stats, tools, isEnough);
    else await countByReading(reading, stats, isEnough);
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
    return reading.isComplete() ? EXIT_CODES.ok : EXIT_CODES.error;
  } finally {
    await output.close();
  }
};

/** Whether nothing but a time is asked for: then the call index has the answer. */
function isOfTime(spec: FilterSpec): boolean {
  return Object.keys(spec).every((name) => name === 'sinceMs' || name === 'untilMs');
}

async function countFromIndex(
  reading: LogReading,
  counter: CallCounter,
  { env }: Tools,
  isEnough: () => boolean,
): Promise<void> {
  const store = new PieceStore(stateFiles(guardPaths(env)).callIndex);
  for await (const { doneBytes } of countCalls({ ...reading, span: reading.spec, counter }, store)) {
    reading.progress.at(doneBytes);
    if (isEnough()) break;
  }
  reading.progress.hide();
}

async function countByReading(
  reading: LogReading,
  counter: CallCounter,
  isEnough: () => boolean,
): Promise<void> {
  await scanCalls<CountedRecord>(reading, {
    reverse: false,
    keep: createRecordCounter(),
    onCall: (call) => countCall(call, counter),
    afterBlock: () => Promise.resolve(isEnough()),
  });
}

function groupOf({ options }: CommandInput): GroupBy | undefined {
  const text = onceTextOption(options, 'by');
  if (text === undefined) return undefined;
  const by = GROUPS.find((name) => name === text);
  if (by !== undefined) return by;
  throw usageError(`--by: expected ${GROUPS.join(', ')}, got "${text}"`, 'guard audit stats --by tool');
}

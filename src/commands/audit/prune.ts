import { userInfo } from 'node:os';
import path from 'node:path';
import { type PruneRule, type Pruned, pruneLog } from '../../audit/prune.js';
import { EXIT_CODES, GuardError } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import { durationMs, sizeBytes } from '../../platform/units.js';
import { auditFileOf, auditSettingsOf } from '../audit-file.js';
import { printText } from '../check-print.js';
import { type CommandRecord, openCommandRecord } from '../command-record.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { shownJsonLine } from '../json-print.js';
import { ownKeys } from '../own-keys.js';
import { textOption } from '../text-option.js';

/**
 * Removes rotated files by age or size and prints each. Throws GuardError `usage`,
 * `audit-unreadable`, `audit-unwritable`, and what auditFileOf throws.
 */
export const run: Run = async (input, tools) => {
  if (input.args.length > 0) {
    throw new GuardError('usage', 'guard audit prune takes no words', {
      hint: 'guard audit prune --older-than 90d --dry-run',
    });
  }
  const { rule, reason } = await ruleOf(input, tools);
  const log = await auditFileOf(textOption(input, 'audit'), tools);
  const isDry = input.options['dryRun'] === true;
  let record: CommandRecord | undefined;
  const removed = pruneLog({
    log,
    rule,
    nowMs: tools.clock.wallMs(),
    by: userInfo().username,
    reason,
    keys: ownKeys(tools.env),
    rest: async () => tools.signal.throwIfAborted(),
    record: isDry
      ? undefined
      : async (statement) => {
          record ??= await openCommandRecord(input, tools);
          for (const event of statement) record.sign(event, 'nothing more was removed, as it cannot be');
        },
  });
  try {
    await show(removed, isDry, input, tools);
  } catch (error) {
    if (!tools.signal.aborted) throw error;
    throw new GuardError('input-cancelled', 'stopped; what was removed by then is recorded', {
      cause: error,
    });
  } finally {
    record?.close();
  }
  return EXIT_CODES.ok;
};

async function ruleOf(
  input: CommandInput,
  tools: Tools,
): Promise<{ readonly rule: PruneRule; readonly reason: string }> {
  const age = textOption(input, 'olderThan');
  const size = textOption(input, 'keepSize');
  const olderThanMs = age === undefined ? undefined : durationMs(age);
  const keepBytes = size === undefined ? undefined : sizeBytes(size);
  if (age !== undefined && olderThanMs === undefined) {
    throw new GuardError('usage', `--older-than: expected a duration such as 90d, got ${printable(age)}`);
  }
  if (size !== undefined && keepBytes === undefined) {
    throw new GuardError('usage', `--keep-size: expected a size such as 2GB, got ${printable(size)}`);
  }
  const stated = [
    ...(age === undefined ? [] : [`older than ${age}`]),
    ...(size === undefined ? [] : [`more than ${size}`]),
  ];
  if (stated.length > 0) return { rule: { olderThanMs, keepBytes }, reason: stated.join(', ') };
  const { retentionMs } = await auditSettingsOf(tools);
  return { rule: { olderThanMs: retentionMs }, reason: `audit.retention of ${retentionMs} ms` };
}

async function show(
  removed: AsyncIterable<Pruned>,
  isDry: boolean,
  { options }: CommandInput,
  { stdout }: Tools,
): Promise<void> {
  const isJson = options['json'] === true;
  let files = 0;
  let records = 0;
  let bytes = 0;
  for await (const { path: file, inventory } of removed) {
    files += 1;
    records += inventory.records;
    bytes += inventory.bytes;
    const { records: held, bytes: size, digest, writers } = inventory;
    const line = isJson
      ? shownJsonLine({ file, records: held, bytes: size, digest, writers, removed: !isDry })
      : `${isDry ? 'would remove' : 'removed'} ${printable(path.basename(file))}: ${held} records, ${size} bytes\n`;
    await printText(stdout, line);
  }
  if (isJson) return;
  const total = `${files} ${files === 1 ? 'file' : 'files'}, ${records} records, ${bytes} bytes`;
  const text = files === 0 ? 'nothing to remove' : `${isDry ? 'would remove' : 'removed'} ${total}`;
  await printText(stdout, `${text}\n`);
}

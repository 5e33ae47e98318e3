import { createAnchorFile } from '../audit/anchors/anchor-file.js';
import { createRecordEncoder, type EventFields } from '../audit/encode.js';
import { openFileSink } from '../audit/file-sink.js';
import { createDiagnostics, type Diagnostics } from '../platform/diagnostics.js';
import { GuardError, isGuardError, messageOf } from '../platform/errors.js';
import { randomId } from '../platform/random-id.js';
import { auditFileOf, auditSettingsOf } from './audit-file.js';
import type { CommandInput, Tools } from './command.js';
import { openChain } from './open-chain.js';
import { textOption } from './text-option.js';

/** What a command did that belongs in the audit log beside the calls. */
export interface CommandRecord {
  /**
   * Writes one event, of this session where it is about one. Throws GuardError `audit-unwritable`,
   * which says what has happened by then: as a rule, that it is done.
   */
  write(fields: EventFields, session?: string, state?: string): void;
  /**
   * Writes one event with a checkpoint behind it that signs it. Throws GuardError `audit-unwritable`, which
   * says what has happened by then, and goes on with "recorded in" or "signed in".
   */
  sign(fields: EventFields, state: string): void;
  close(): void;
}

/** No server has this name: records of commands are about none. */
const NO_SERVER = '-';

/**
 * Opens the audit log for a command that changes what guards go by. Opened before anything is
 * changed, so that a log which cannot be written keeps the change from happening. Throws GuardError
 * `audit-unwritable`, and what auditFileOf throws.
 */
export async function openCommandRecord(input: CommandInput, tools: Tools): Promise<CommandRecord> {
  const { clock } = tools;
  const diagnostics = createDiagnostics((line) => tools.stderr.write(line));
  const { file, anchor } = await placesOf(input, tools, diagnostics);
  const sink = openFileSink({ path: file, fsync: 'always', clock });
  const writer = randomId('', 12);
  const base = { writer, upstream: NO_SERVER, session: writer, agent: null };
  // Only in a file: a command ends at once, and what it does must not wait for somebody's network.
  const onCheckpoint = anchor === undefined ? undefined : createAnchorFile(anchor, diagnostics);
  const log = openChain(sink, tools, diagnostics, base, onCheckpoint);
  let endedTorn = sink.endedTorn;
  const stage = (fields: EventFields, session: string): void => {
    const encoder = createRecordEncoder({ ...base, session, client: null, era: null });
    if (endedTorn) {
      endedTorn = false;
      const detail = 'the last line of the log was unfinished';
      log.stage(encoder.event(clock.timestamp(), { event: 'recovered', detail }));
    }
    log.stage(encoder.event(clock.timestamp(), fields));
  };
  const commit = (state: string): void => {
    try {
      log.commit();
    } catch (error) {
      throw new GuardError('audit-unwritable', `${state} ${file}: ${messageOf(error)}`, { cause: error });
    }
  };
  return {
    write(fields, session = writer, state = 'it is done, but not in the audit log') {
      stage(fields, session);
      commit(state);
    },
    sign(fields, state) {
      stage(fields, writer);
      const isSigned = log.checkpointNow();
      commit(`${state} recorded in`);
      if (isSigned) return;
      throw new GuardError('audit-unwritable', `${state} signed in ${file}: there is no usable key`, {
        hint: 'guard audit key says what is wrong with it',
      });
    },
    close: () => log.close(),
  };
}

/** The log, and the file that gets its heads, as for a guard that is started with the same options. */
async function placesOf(
  input: CommandInput,
  tools: Tools,
  diagnostics: Pick<Diagnostics, 'note'>,
): Promise<{ readonly file: string; readonly anchor: string | undefined }> {
  const named = textOption(input, 'audit');
  try {
    const { path, anchor } = await auditSettingsOf(tools, textOption(input, 'config'));
    return { file: named === undefined ? path : await auditFileOf(named, tools), anchor: anchor.file };
  } catch (error) {
    // A log that is named can be written without a config; that its head goes nowhere is said.
    if (named === undefined || !isGuardError(error)) throw error;
    diagnostics.note(`the config cannot be read, so no anchor gets the head of the log: ${error.message}`);
    return { file: await auditFileOf(named, tools), anchor: undefined };
  }
}

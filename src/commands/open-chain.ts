import type { RecordConstants } from '../audit/encode.js';
import type { FileSink } from '../audit/file-sink.js';
import { SignedChain } from '../audit/signed-chain.js';
import { openSigningKey } from '../audit/signing-key.js';
import type { AuditSink } from '../audit/sink.js';
import type { AuditTrail } from '../audit/trail.js';
import { WriterChain } from '../audit/writer-chain.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';

/** The chain of one writer in front of its sink, signed with this user's key. */
export function openChain(
  sink: AuditSink,
  { clock, env }: Pick<Tools, 'clock' | 'env'>,
  diagnostics: Pick<Diagnostics, 'repeated'>,
  constants: Omit<RecordConstants, 'client' | 'era'>,
  onCheckpoint?: (line: string) => void,
): SignedChain {
  return new SignedChain({
    chain: new WriterChain(sink, clock, constants),
    clock,
    diagnostics,
    ...(onCheckpoint === undefined ? {} : { onCheckpoint }),
    openKey: () => openSigningKey(stateFiles(guardPaths(env)).auditKey),
  });
}

/**
 * Records that a log ended inside a line when it was opened. That is noticed within a commit, whose
 * records have their places already, so the event is one of the next commit.
 */
export function noteTornEnd({ endedTorn }: Pick<FileSink, 'endedTorn'>, trail: () => AuditTrail): void {
  if (!endedTorn) return;
  setImmediate(() => {
    trail().event({ event: 'recovered', detail: 'the last line of the log was unfinished' });
    trail().commitSoon();
  });
}

import type { EventFields } from '../../src/audit/encode.js';
import { SignedChain } from '../../src/audit/signed-chain.js';
import type { SigningKey } from '../../src/audit/signing-key.js';
import { WriterChain } from '../../src/audit/writer-chain.js';
import { TS } from './lines.js';
import { createMemorySink } from './memory-sink.js';

/** The lines of a writer that records each event with a checkpoint behind it, as who removes files does. */
export function signedLines(writer: string, key: SigningKey, events: readonly EventFields[]): string[] {
  const sink = createMemorySink();
  const clock = { timestamp: () => TS };
  const chain = new WriterChain(sink, clock, { writer, upstream: '-', session: null, agent: null });
  const log = new SignedChain({
    chain,
    clock,
    diagnostics: { repeated: () => undefined },
    openKey: () => key,
  });
  for (const fields of events) {
    log.stage(chain.encoder.event(TS, fields));
    log.checkpointNow();
  }
  return [...sink.lines];
}

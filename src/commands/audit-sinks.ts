import { createReopeningSink } from '../audit/reopening-sink.js';
import { type FileSink, openFileSink } from '../audit/file-sink.js';
import { createSeveralSinks } from '../audit/several-sinks.js';
import type { RotationSettings } from '../audit/rotation.js';
import type { AuditSink } from '../audit/sink.js';
import { createStreamSink, type StreamSink } from '../audit/stream-sink.js';
import type { Settings } from '../config/settings.js';
import { AUDIT_STREAM_END_MS } from '../platform/bounds.js';
import type { Tools } from './command.js';

/** Where the records of `guard serve` go. */
export interface AuditSinks {
  readonly sink: AuditSink;
  /** Closed while records wait for the reader of standard output; undefined without such a sink. */
  readonly gate: Pick<StreamSink, 'isOpen' | 'whenOpen'> | undefined;
  /** Resolves when the last records have left guard, or after AUDIT_STREAM_END_MS. */
  ended(): Promise<void>;
}

/**
 * Opens `audit.sinks`. Files are opened with the first record. `onOpened` runs for each one, within
 * the commit that opens it; `rotationOf` says when each is rotated.
 */
export function openAuditSinks(
  { path, fsync, sinks }: Settings['audit'],
  { stdout, clock }: Pick<Tools, 'stdout' | 'clock'>,
  onOpened: (sink: FileSink) => void,
  rotationOf: (log: string) => RotationSettings,
): AuditSinks {
  const paths = new Set(sinks.filter(({ type }) => type === 'file').map((sink) => sink.path ?? path));
  const files = [...paths].map((file) =>
    createReopeningSink(
      () => openFileSink({ path: file, fsync, clock, rotation: rotationOf(file) }),
      onOpened,
    ),
  );
  const stream = sinks.some(({ type }) => type === 'stdout') ? createStreamSink(stdout) : undefined;
  const [only] = files;
  return {
    sink:
      only !== undefined && files.length === 1 && stream === undefined
        ? only
        : createSeveralSinks(files, stream === undefined ? [] : [stream]),
    gate: stream,
    async ended() {
      if (stream === undefined) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, AUDIT_STREAM_END_MS);
      });
      await Promise.race([stream.whenOpen(), late]);
      clearTimeout(timer);
    },
  };
}

import { once } from 'node:events';
import { TAIL_FLUSH_MS } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';

/** stdout for a command that writes until its reader has enough. */
export interface LineOutput {
  /** Aborted when the reader has left or the program is told to stop: nothing more needs to be written. */
  readonly signal: AbortSignal;
  /** Resolves once the stream takes more; throws GuardError `output-unwritable` where it failed, but not for a reader that left. */
  write(text: string): Promise<void>;
  /** Writes a last text, also after a stop; nothing where the reader has left. */
  finish(text: string): Promise<void>;
  /** Waits until all was taken over, then lets go of the stream. */
  close(): Promise<void>;
}

/** Takes over error handling of the stream until it is closed. A reader that leaves (`| head`) is no error. */
export function openLineOutput(stream: NodeJS.WritableStream, stop: AbortSignal): LineOutput {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, stop]);
  let failure: { readonly error: GuardError } | undefined;
  const onError = (error: Error): void => {
    if (systemErrorCode(error) !== 'EPIPE') failure ??= { error: unwritable(error) };
    gone.abort();
  };
  stream.on('error', onError);
  return {
    signal,
    async write(text) {
      if (text !== '' && !signal.aborted && !stream.write(text)) {
        await once(stream, 'drain', { signal }).catch(() => undefined);
      }
      if (failure !== undefined) throw failure.error;
    },
    async finish(text) {
      if (text !== '' && !gone.signal.aborted) stream.write(text);
      if (failure !== undefined) throw failure.error;
    },
    async close() {
      await takenOver(stream, gone.signal, stop);
      stream.off('error', onError);
      if (failure !== undefined) throw failure.error;
    },
  };
}

function unwritable(error: Error): GuardError {
  return new GuardError('output-unwritable', `cannot write to standard output: ${messageOf(error)}`, {
    cause: error,
    hint: 'what was written is not all; see that there is room',
  });
}

/** Resolves when the stream took all, when its reader left, or some time after the person stopped waiting. */
function takenOver(stream: NodeJS.WritableStream, gone: AbortSignal, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      gone.removeEventListener('abort', end);
      stop.removeEventListener('abort', hurry);
      resolve();
    };
    const hurry = (): void => {
      timer = setTimeout(end, TAIL_FLUSH_MS);
    };
    if (gone.aborted) return resolve();
    gone.addEventListener('abort', end);
    if (stop.aborted) hurry();
    else stop.addEventListener('abort', hurry);
    stream.write('', end);
  });
}

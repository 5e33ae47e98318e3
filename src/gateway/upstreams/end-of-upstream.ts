import type { Upstream } from '../../upstream/upstream.js';

/** How long what the server wrote last may still be on its way, and how long its end may take after its output's. */
const LAST_WORDS_MS = 500;

/**
 * Resolves when the server is gone, everything that it started is ended and all it wrote was read,
 * with how it went: `exited with code 3`. A server that closed one of its pipes is ended. Never rejects.
 */
export async function endOfUpstream(upstream: Upstream): Promise<string> {
  const { input, output, ended } = upstream;
  const outputEnded = ending(output);
  const exited = ended.then(({ description }) => description);
  const description = await Promise.race([
    exited,
    outputEnded.then(() => within(exited, 'closed its output')),
    ending(input).then(() => within(exited, 'closed its input')),
  ]);
  await upstream.close();
  // A listener that had paused it is about to hear that nothing more comes.
  output.resume();
  await within(outputEnded, undefined);
  return description;
}

/** The promise's value, or the other one when it takes too long. */
async function within<Value, Other>(promise: Promise<Value>, other: Other): Promise<Value | Other> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Other>((resolve) => {
    timer = setTimeout(() => resolve(other), LAST_WORDS_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when a stream is over, however it went. */
function ending(stream: NodeJS.ReadableStream | NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  });
}

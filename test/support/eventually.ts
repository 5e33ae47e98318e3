/** Long enough for a machine under load; reaching it is a failure and never a measurement. */
export const PATIENCE_MS = 20_000;
const POLL_MS = 10;

/** Polls until `probe` gives a value other than undefined or false; fails with what was waited for. */
export async function eventually<Value>(
  what: string,
  probe: () => Value | undefined | false,
  timeoutMs: number = PATIENCE_MS,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await pause(POLL_MS);
  }
}

/** Waits. Only for moments that nothing can be waited for; never to make an assertion come true. */
export function pause(timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeoutMs);
  });
}

/** The promise's value, or a failure that names what did not come. */
export async function within<Value>(
  what: string,
  promise: Promise<Value>,
  timeoutMs: number = PATIENCE_MS,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Time as a value that is passed in, so that tests can hold it still. */
export interface Clock {
  /** Wall-clock time as RFC 3339 with milliseconds, UTC. A label only: it may jump. */
  timestamp(): string;
  /** Wall-clock milliseconds since 1970. A label only: it may jump. */
  wallMs(): number;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonicMs(): number;
}

/** The machine's clocks. The text of the running millisecond is kept, as records come in bursts. */
export function systemClock(): Clock {
  let textMs = Number.NaN;
  let text = '';
  return {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    timestamp() {
      const nowMs = Date.now();
      if (nowMs !== textMs) {
        textMs = nowMs;
        text = new Date(nowMs).toISOString();
      }
      return text;
    },
  };
}

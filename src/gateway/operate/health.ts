import { printable } from '../../platform/printable.js';
import { NOISE_CHARS_MAX } from '../../platform/bounds.js';

/** How one server is. */
export interface UpstreamHealth {
  readonly name: string;
  readonly state: 'idle' | 'starting' | 'ready' | 'waiting' | 'broken' | 'stopped';
  /** Why it is not ready; null where nothing is wrong. */
  readonly trouble: string | null;
  /** Whether it is started with guard: then it must have come up before guard is ready. */
  readonly isEager: boolean;
}

/** What readiness is made of. */
export interface HealthParts {
  readonly upstreams: readonly UpstreamHealth[];
  /** Other parts by name (`audit`, `identity`, `config`), with what is wrong; null where nothing is. */
  readonly parts: Readonly<Record<string, string | null>>;
  readonly isClosing: boolean;
}

/** Whether guard should get requests, and the document that says why. */
export interface Readiness {
  readonly isReady: boolean;
  /** Names of the upstreams that are not ready. */
  readonly unready: readonly string[];
  /** JSON; with `details` it tells what is wrong, which names programs and addresses. */
  document(details: boolean): string;
}

/**
 * Whether everything that calls need is there. A server that starts with its first call is ready
 * while it is idle or starting; one that was lost is not until it is back.
 */
export function readinessOf({ upstreams, parts, isClosing }: HealthParts): Readiness {
  const unready = upstreams.filter((upstream) => !isUpstreamReady(upstream)).map(({ name }) => name);
  const failing = Object.entries(parts).filter(([, trouble]) => trouble !== null);
  const isReady = unready.length === 0 && failing.length === 0 && !isClosing;
  return {
    isReady,
    unready,
    document(details) {
      return JSON.stringify({
        status: isReady ? 'ready' : isClosing ? 'closing' : 'unready',
        unready,
        upstreams: Object.fromEntries(
          upstreams.map(({ name, state, trouble }) => [
            name,
            details ? { state, trouble: shown(trouble) } : { state },
          ]),
        ),
        parts: Object.fromEntries(
          Object.entries(parts).map(([name, trouble]) => [
            name,
            details ? (shown(trouble) ?? 'ok') : trouble === null ? 'ok' : 'failing',
          ]),
        ),
      });
    },
  };
}

function shown(trouble: string | null): string | null {
  return trouble === null ? null : printable(trouble, NOISE_CHARS_MAX);
}

function isUpstreamReady({ state, isEager }: UpstreamHealth): boolean {
  switch (state) {
    case 'ready':
      return true;
    case 'idle':
    case 'starting':
      return !isEager;
    case 'waiting':
    case 'broken':
    case 'stopped':
      return false;
  }
}

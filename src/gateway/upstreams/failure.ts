import { NOISE_CHARS_MAX } from '../../platform/bounds.js';
import { GuardError, isGuardError, messageOf } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';

/** Why an upstream cannot be used; docs/gateway.md explains each. */
export type FailureClass =
  /** Its program was not found. */
  | 'not-found'
  /** Its program may not be run, or could not be. */
  | 'not-executable'
  /** It was not ready within its `start_timeout`. */
  | 'start-timeout'
  /** Its process ended, or the remote server ended the connection. */
  | 'exited'
  /** It answered, but not as an MCP server of a known revision does. */
  | 'handshake'
  /** The remote server could not be reached, or there is no MCP at its address. */
  | 'unreachable'
  /** The remote server does not accept the credentials, or asks for some. */
  | 'unauthorized'
  /** It failed so often that it is left alone for a while. */
  | 'broken-circuit'
  /** Too many sessions have a connection of their own. */
  | 'too-many-connections'
  /** It was taken out of the config, or guard is ending. */
  | 'stopped';

/** What is wrong with an upstream, in words that may be shown. */
export interface UpstreamTrouble {
  readonly failureClass: FailureClass;
  readonly message: string;
}

/** An upstream that cannot be used now. The message is printable and holds no secret of its definition. */
export class UpstreamUnavailable extends GuardError {
  readonly failureClass: FailureClass;
  /** When to try again, in milliseconds from now; null where that is not known. */
  readonly retryAfterMs: number | null;

  constructor(
    { failureClass, message }: UpstreamTrouble,
    retryAfterMs: number | null = null,
    cause?: unknown,
  ) {
    super('upstream-unavailable', message, { cause });
    this.name = 'UpstreamUnavailable';
    this.failureClass = failureClass;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Trouble with the upstream in words that may be shown: what a server said could hold what it was told. */
export function troubleOf(
  definition: UpstreamDefinition,
  failureClass: FailureClass,
  text: string,
): UpstreamTrouble {
  const shown = secretsOf(definition).reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  return {
    failureClass,
    message: printable(`the server "${definition.name}" ${shown}`, NOISE_CHARS_MAX * 2),
  };
}

/** What was thrown while a connection was made, as what it says of the upstream. */
export function failureOf(definition: UpstreamDefinition, error: unknown): UpstreamUnavailable {
  if (error instanceof UpstreamUnavailable) return error;
  const trouble = troubleOf(definition, classOf(error), `could not be started: ${messageOf(error)}`);
  return new UpstreamUnavailable(trouble, null, error);
}

/** What callers of an upstream that was stopped are told. */
export function stoppedFailure(definition: UpstreamDefinition): UpstreamUnavailable {
  return new UpstreamUnavailable(troubleOf(definition, 'stopped', 'was stopped'));
}

function classOf(error: unknown): FailureClass {
  return isGuardError(error) && error.code === 'command-not-found' ? 'not-found' : 'not-executable';
}

/** Shorter values are no secrets, and to hide them would garble the text. */
const SECRET_CHARS_LEAST = 6;

/** The values of headers and variables, and their words: `Bearer TOKEN` is told apart from its scheme. */
function secretsOf({ transport }: UpstreamDefinition): string[] {
  const values = Object.values(transport.kind === 'stdio' ? transport.env : transport.headers);
  return values
    .flatMap((value) => [value, ...value.split(' ')])
    .filter((value) => value.length >= SECRET_CHARS_LEAST);
}

/** The closed set of reasons for which guard itself refuses to go on. */
export type GuardErrorCode =
  | 'usage'
  | 'config-not-found'
  | 'config-invalid'
  | 'config-insecure'
  | 'config-unwritable'
  | 'command-not-found'
  | 'command-not-executable'
  | 'audit-unwritable'
  | 'audit-unreadable'
  | 'audit-key-unusable'
  | 'remote-unreachable'
  | 'upstream-unavailable'
  | 'file-exists'
  | 'output-unwritable'
  | 'export-unwritable'
  | 'export-refused'
  | 'approver-key-unreadable'
  | 'passphrase-wrong'
  | 'input-cancelled'
  | 'remembered-unreadable'
  | 'remembered-unwritable'
  | 'ledger-unavailable'
  | 'switch-unwritable'
  | 'address-unusable'
  | 'dashboard-assets'
  | 'dashboard-unreachable';

/** Exit codes of the program; docs/cli.md holds the same table. */
export const EXIT_CODES = {
  ok: 0,
  findings: 1,
  error: 2,
  notExecutable: 126,
  notFound: 127,
} as const;

const EXIT_BY_CODE: Record<GuardErrorCode, number> = {
  usage: EXIT_CODES.error,
  'config-not-found': EXIT_CODES.error,
  'config-invalid': EXIT_CODES.error,
  'config-insecure': EXIT_CODES.error,
  'config-unwritable': EXIT_CODES.error,
  'command-not-found': EXIT_CODES.notFound,
  'command-not-executable': EXIT_CODES.notExecutable,
  'audit-unwritable': EXIT_CODES.error,
  'audit-unreadable': EXIT_CODES.error,
  'audit-key-unusable': EXIT_CODES.error,
  'remote-unreachable': EXIT_CODES.error,
  'upstream-unavailable': EXIT_CODES.error,
  'file-exists': EXIT_CODES.error,
  'output-unwritable': EXIT_CODES.error,
  'export-unwritable': EXIT_CODES.error,
  'export-refused': EXIT_CODES.error,
  'approver-key-unreadable': EXIT_CODES.error,
  'passphrase-wrong': EXIT_CODES.error,
  'input-cancelled': EXIT_CODES.error,
  'remembered-unreadable': EXIT_CODES.error,
  'remembered-unwritable': EXIT_CODES.error,
  'ledger-unavailable': EXIT_CODES.error,
  'switch-unwritable': EXIT_CODES.error,
  'address-unusable': EXIT_CODES.error,
  'dashboard-assets': EXIT_CODES.error,
  'dashboard-unreachable': EXIT_CODES.error,
};

const BRAND = Symbol.for('mcp-guard.error');

/** An error that a person can act on: `message` says what, expected, got; `hint` what to do next. */
export class GuardError extends Error {
  readonly [BRAND] = true;
  readonly code: GuardErrorCode;
  readonly hint: string | undefined;

  constructor(code: GuardErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GuardError';
    this.code = code;
    this.hint = options.hint;
  }

  /** The exit code that the program ends with when nothing catches this error. */
  get exitCode(): number {
    return EXIT_BY_CODE[this.code];
  }
}

/** Whether this is a GuardError, also one of another bundle of this program, which `instanceof` would miss. */
export function isGuardError(error: unknown): error is GuardError {
  return error instanceof Error && BRAND in error;
}

/** The code of a Node system error (`ENOENT`, …), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

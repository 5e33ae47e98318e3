/** What a fixture server does when its stdin ends, which is how guard asks it to stop. */
type OnStop = 'ends' | 'needs SIGTERM' | 'needs SIGKILL';

export interface BadServer {
  readonly name: string;
  readonly onStop: OnStop;
  /** Whether it can be told to end in some way; not one that never runs a signal handler. */
  readonly obeys: boolean;
}

/** A server that ends by itself once it is called, and the exit code that guard is to end with. */
export interface EndingServer {
  readonly name: string;
  readonly code: number;
}

const CALM = [
  'answers-twice',
  'answers-unknown-id',
  'answers-with-wrong-id-type',
  'crlf',
  'deep-answer',
  'duplicate-id-keys',
  'echo',
  'floods-stderr',
  'forks-grandchild',
  'garbage-lines',
  'garbled-answer',
  'hang',
  'huge-line',
  'input-required',
  'list-changes',
  'list-pages',
  'modern',
  'prints-banner',
  'result-and-error',
  'sends-requests',
  'splits-utf8',
] as const;

/** Every fixture server that stays until it is told to go. */
export const BAD_SERVERS: readonly BadServer[] = [
  ...CALM.map((name) => ({ name, onStop: 'ends', obeys: true }) as const),
  { name: 'ignores-eof', onStop: 'needs SIGTERM', obeys: true },
  { name: 'slow-reader', onStop: 'needs SIGTERM', obeys: true },
  { name: 'spins', onStop: 'needs SIGTERM', obeys: false },
  { name: 'ignores-sigterm', onStop: 'needs SIGKILL', obeys: true },
];

/** The fixture servers that end by themselves. */
export const ENDING_SERVERS: readonly EndingServer[] = [
  { name: 'exit-at-once', code: 0 },
  { name: 'exits-with-3', code: 3 },
  { name: 'crash-on-call', code: 1 },
  { name: 'kills-itself', code: 137 },
  { name: 'half-line-then-exit', code: 0 },
  { name: 'closes-stdout-but-lives', code: 143 },
];

/** The exit code of a server that guard asks to stop: its own, or 128 and the signal that it took. */
export function codeWhenStopped({ onStop }: BadServer): number {
  switch (onStop) {
    case 'ends':
      return 0;
    case 'needs SIGTERM':
      return 143;
    case 'needs SIGKILL':
      return 137;
  }
}

import { render } from 'ink';
import type { ApprovalRequest } from '../approvals/request.js';
import { notificationText } from './notification.js';
import { Screen } from './screen.js';
import { createScreenModel, type ScreenPorts } from './screen-model.js';

export interface ScreenOptions extends Omit<ScreenPorts, 'ring' | 'quit'> {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  readonly colors: boolean;
  readonly bell: boolean;
  /** Whether the terminal is asked to show a notification of the desktop. */
  readonly notify: boolean;
}

const COLUMNS = 80;
const ROWS = 24;
/** A screen of its own, and marks around pastes. What stood in the terminal comes back at the end. */
const ENTER = '\u001b[?1049h\u001b[2J\u001b[H\u001b[?2004h';
const LEAVE = '\u001b[?2004l\u001b[?1049l';
const CLEAR = '\u001b[2J\u001b[H';
const BELL = '\u0007';

/** Shows the approvals screen until the person leaves it, or the terminal goes away. */
export async function runScreen(options: ScreenOptions): Promise<void> {
  const { board, stdin, stdout, stderr, signal, isSpoken, clock } = options;
  const done = new AbortController();
  const quit = (): void => done.abort();
  const ring = (requests: readonly ApprovalRequest[]): void => {
    const note = options.notify ? notificationText(requests) : '';
    stdout.write(`${options.bell ? BELL : ''}${note}`);
  };
  const size = (): readonly [number, number] => [stdout.columns || COLUMNS, stdout.rows || ROWS];
  const model = createScreenModel({ ...options, ring, quit }, ...size());
  const resized = (): void => {
    if (!isSpoken) stdout.write(CLEAR);
    model.resize(...size());
  };
  const unwatch = board.onChange(() => model.refresh());
  // Before Ink's own listener: the state that it draws is that of the new size.
  stdout.on('resize', resized);
  stdout.write(isSpoken ? '\u001b[?2004h' : ENTER);
  const screen = render(<Screen model={model} clock={clock} colors={options.colors} />, {
    stdin,
    stdout,
    stderr,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: isSpoken,
  });
  const ends = [signal, done.signal] as const;
  try {
    await Promise.race([
      screen.waitUntilExit(),
      ...ends.map(aborted),
      once(stdin, 'end'),
      once(stdin, 'close'),
    ]);
  } finally {
    unwatch();
    stdout.off('resize', resized);
    screen.unmount();
    stdout.write(isSpoken ? '\u001b[?2004l' : LEAVE);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function once(stream: NodeJS.ReadStream, event: string): Promise<void> {
  return new Promise((resolve) => {
    stream.once(event, () => resolve());
  });
}

import { spawn } from 'node:child_process';
import { NOTIFIER_QUIET_MS, NOTIFIER_TIMEOUT_MS } from '../../platform/bounds.js';
import { messageOf, systemErrorCode } from '../../platform/errors.js';
import type { Environment } from '../../platform/paths.js';
import { printable } from '../../platform/printable.js';
import type { Schedule } from '../../platform/schedule.js';
import type { ApprovalEnd, ChannelEvents, ChannelTicket } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { findNotifier, notifierEnvironment, type Notifier } from './notifier.js';
import type { OutsideChannel } from './outside-channel.js';

export interface DesktopOptions {
  readonly name: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly schedule: Schedule;
}

interface Waiting {
  readonly request: ApprovalRequest;
  readonly events: ChannelEvents;
  over: boolean;
}

/** Characters of the call's name in a notification. */
const NAME_CHARS = 80;

/** Tells that calls wait, by the desktop's own notifier; where there is none, nothing happens. */
export class DesktopChannel implements OutsideChannel {
  readonly kind = 'desktop';
  readonly name: string;
  readonly notifiesOnly = true;
  readonly #options: DesktopOptions;
  readonly #notifier: Notifier | undefined;
  /** What came since the last notification. */
  #fresh: Waiting[] = [];
  #callOff: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: DesktopOptions) {
    this.#options = options;
    this.name = options.name;
    this.#notifier = findNotifier(options.env, options.platform);
  }

  open(request: ApprovalRequest, events: ChannelEvents): ChannelTicket {
    const waiting: Waiting = { request, events, over: false };
    if (this.#notifier !== undefined && !this.#closed) {
      this.#fresh.push(waiting);
      // A burst of calls is one notification.
      this.#callOff ??= this.#options.schedule(NOTIFIER_QUIET_MS, () => {
        this.#callOff = undefined;
        this.#running = this.#notify();
      });
    }
    return {
      update: () => undefined,
      close: (_end: ApprovalEnd) => void (waiting.over = true),
    };
  }

  idle(): Promise<void> {
    return this.#running;
  }

  close(): void {
    this.#closed = true;
    this.#callOff?.();
    this.#callOff = undefined;
    this.#fresh = [];
  }

  async #notify(): Promise<void> {
    const fresh = this.#fresh.filter(({ over }) => !over);
    this.#fresh = [];
    const [first] = fresh;
    if (first === undefined || this.#notifier === undefined) return;
    const more = fresh.length > 1 ? ` and ${fresh.length - 1} more` : '';
    const text = `A call waits for an answer: ${nameOf(first.request)}${more}`;
    const why = await run(this.#notifier, 'guard', text, notifierEnvironment(this.#options.env));
    if (why === undefined) return;
    for (const { events, over } of fresh) if (!over) events.undelivered(why);
  }
}

/** Server, then tool or method: what the terminal's title shows, and nothing of the arguments. */
function nameOf({ server, tool, method }: ApprovalRequest): string {
  return printable(`${server} ${tool ?? method}`, NAME_CHARS);
}

/** Runs the notifier without a shell; why it did not work, or undefined where it did. */
function run(
  { file, args, env }: Notifier,
  title: string,
  text: string,
  shared: Record<string, string>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file, [...args(title, text)], {
      env: { ...shared, ...env(title, text) },
      stdio: 'ignore',
      shell: false,
      windowsHide: true,
      timeout: NOTIFIER_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', (error) =>
      resolve(`the notifier does not start (${systemErrorCode(error) ?? messageOf(error)})`),
    );
    child.on('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `the notifier ended with ${signal ?? `code ${code}`}`),
    );
    // A notification keeps guard from nothing.
    child.unref();
  });
}

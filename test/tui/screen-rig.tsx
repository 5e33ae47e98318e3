import { render } from 'ink-testing-library';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import type { AnswerDraft } from '../../src/approvals/board.js';
import { KEY_GUARD_MS } from '../../src/platform/bounds.js';
import { Screen } from '../../src/tui/screen.js';
import { createScreenModel, type ScreenModel, type ScreenPorts } from '../../src/tui/screen-model.js';
import { eventually } from '../support/eventually.js';
import { type FakeBoard, FakeClock } from './fake-board.js';

export const ENTER = '\r';
export const ESCAPE = '\u001b';

export interface ScreenRig {
  readonly board: FakeBoard;
  readonly clock: FakeClock;
  readonly model: ScreenModel;
  readonly rung: (readonly ApprovalRequest[])[];
  readonly saved: { readonly request: ApprovalRequest; readonly draft: AnswerDraft }[];
  readonly passphrases: string[];
  readonly quits: () => number;
  /** The screen's text as it stands. */
  readonly frame: () => string;
  /** Presses keys one after the other, as a person does who looks first. */
  readonly press: (...keys: string[]) => void;
  /** Lets the time of the key guard go by. */
  readonly look: () => void;
  /** Waits until the screen shows this. */
  readonly shows: (what: string | RegExp) => Promise<string>;
  readonly unmount: () => void;
}

/** The screen's component in front of a fake board. */
export function screenRig(
  board: FakeBoard,
  { columns = 80, rows = 24, ...ports }: Partial<ScreenPorts> & { columns?: number; rows?: number } = {},
): ScreenRig {
  const clock = new FakeClock();
  const rung: (readonly ApprovalRequest[])[] = [];
  const saved: { request: ApprovalRequest; draft: AnswerDraft }[] = [];
  const passphrases: string[] = [];
  let quits = 0;
  const model = createScreenModel(
    {
      board,
      clock,
      signing: () => ({ kind: 'ready' }),
      unlock: (passphrase) => {
        passphrases.push(passphrase);
        return Promise.resolve(undefined);
      },
      save: (request, draft) => {
        saved.push({ request, draft });
        return Promise.resolve(undefined);
      },
      ring: (requests) => void rung.push(requests),
      quit: () => {
        quits += 1;
      },
      isSpoken: false,
      ...ports,
    },
    columns,
    rows,
  );
  const stop = board.onChange(model.refresh);
  const screen = render(<Screen model={model} clock={clock} colors={false} />);
  const frame = (): string => screen.lastFrame() ?? '';
  const look = (): void => {
    clock.nowMs += KEY_GUARD_MS;
  };
  look();
  return {
    board,
    clock,
    model,
    rung,
    saved,
    passphrases,
    quits: () => quits,
    frame,
    look,
    press: (...keys) => {
      for (const key of keys) {
        clock.nowMs += 1;
        screen.stdin.write(key);
      }
    },
    shows: (what) =>
      eventually(`${String(what)} on the screen, which shows\n${frame()}`, () => {
        const text = frame();
        return (typeof what === 'string' ? text.includes(what) : what.test(text)) && text;
      }),
    unmount: () => {
      stop();
      screen.unmount();
    },
  };
}

import type { AnswerDraft, ApprovalBoard, PendingApproval } from '../approvals/board.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { HISTORY_ENTRIES_MAX, READINGS_MAX } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { messageOf } from '../platform/errors.js';
import { type Detail, detailOf } from './detail-lines.js';
import { frameLines } from './frame-lines.js';
import { createKeyGuard } from '../platform/key-guard.js';
import type { Key } from './key-reader.js';
import type { Line } from './line.js';
import { type Effect, initialState, readingKey, type ScreenEvent, type ScreenState } from './screen-state.js';
import { type Signing, step } from './screen-step.js';
import { riskMark } from '../approvals/warnings.js';

/** What the screen needs of the world. */
export interface ScreenPorts {
  readonly board: ApprovalBoard;
  readonly clock: Clock;
  readonly signing: () => Signing;
  /** Opens the approver's key; resolves with what was wrong. */
  readonly unlock: (passphrase: string) => Promise<string | undefined>;
  /** Keeps an answer for later calls, in project or user scope; resolves with what was wrong. */
  readonly save: (request: ApprovalRequest, draft: AnswerDraft) => Promise<string | undefined>;
  readonly ring: (requests: readonly ApprovalRequest[]) => void;
  readonly quit: () => void;
  readonly isSpoken: boolean;
}

/** The screen without a terminal: takes keys, gives lines. */
export interface ScreenModel {
  readonly state: () => ScreenState;
  readonly lines: () => readonly Line[];
  readonly key: (key: Key) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Looks at the board again: something changed there, or time went by. */
  readonly refresh: () => void;
  /** Calls the listener after each change; returns how to stop. */
  readonly onChange: (listener: () => void) => () => void;
}

export function createScreenModel(ports: ScreenPorts, columns: number, rows: number): ScreenModel {
  const { board, clock } = ports;
  const memory = createDetailMemory(board);
  const listeners = new Set<() => void>();
  const context = {
    guard: createKeyGuard(clock),
    detail: memory.detail,
    mark: memory.mark,
    signing: ports.signing,
    wallMs: () => clock.wallMs(),
    isSpoken: ports.isSpoken,
  };
  let state = initialState(columns, rows);
  let lines: readonly Line[] | undefined;

  function take(event: ScreenEvent): void {
    const { state: after, effects } = step(state, event, context);
    state = after;
    lines = undefined;
    for (const effect of effects) perform(effect);
    for (const listener of listeners) listener();
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case 'answer':
        void answer(effect.request, effect.draft);
        return;
      case 'unlock':
        void ports.unlock(effect.passphrase).then(
          (why) => take({ kind: 'unlocked', why }),
          (error: unknown) => take({ kind: 'unlocked', why: messageOf(error) }),
        );
        return;
      case 'ring':
        return ports.ring(effect.requests);
      case 'quit':
        return ports.quit();
    }
  }

  async function answer(request: ApprovalRequest, draft: AnswerDraft): Promise<void> {
    const receipt = await board.answer(request, draft);
    take({ kind: 'receipt', request, draft, receipt });
    // What holds for a session is kept by the process that holds the call.
    if (receipt.kind !== 'accepted' || draft.remember === null || draft.remember.scope === 'session') return;
    take({ kind: 'saved', why: await ports.save(request, draft).catch(messageOf) });
  }

  function look(): ScreenEvent {
    const [pending, ended] = [board.pending(), board.ended(HISTORY_ENTRIES_MAX)];
    return { kind: 'board', pending, ended, troubles: board.troubles() };
  }

  // What was there before the screen is no news.
  state = step(state, look(), context).state;
  return {
    state: () => state,
    lines: () => (lines ??= frameLines(state, context)),
    key: (key) => take({ kind: 'key', key }),
    resize: (width, height) => take({ kind: 'resized', columns: width, rows: height }),
    refresh: () => take(look()),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Lines and marks are made once for a request and a width: arguments may be long. */
function createDetailMemory(board: ApprovalBoard): {
  readonly detail: (pending: PendingApproval, columns: number) => Detail;
  readonly mark: (pending: PendingApproval) => string;
} {
  let made: { readonly key: string; readonly detail: Detail } | undefined;
  const marks = new Map<string, string>();
  return {
    detail({ request }, columns) {
      const key = `${readingKey(request)} ${columns} ${request.escalated_at}`;
      if (made?.key !== key) made = { key, detail: detailOf(request, board.lastApproved(request), columns) };
      return made.detail;
    },
    mark({ request }) {
      const key = readingKey(request);
      const known = marks.get(key);
      if (known !== undefined) return known;
      if (marks.size >= READINGS_MAX) marks.clear();
      const mark = riskMark(request);
      marks.set(key, mark);
      return mark;
    },
  };
}

import type { PendingApproval } from '../approvals/board.js';
import { READINGS_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import type { Detail } from './detail-lines.js';
import { endText, nameOf, receiptNotice } from './end-text.js';
import type { KeyGuard } from '../platform/key-guard.js';
import { clampedTop, layoutOf, tooSmall } from './layout.js';
import { readOn } from './reading.js';
import { answered } from './answering.js';
import { keyPressed } from './screen-keys.js';
import {
  BROWSE,
  noted,
  only,
  readingKey,
  type ScreenEvent,
  type ScreenState,
  selectedOf,
  type Step,
} from './screen-state.js';

/** What a step needs to know beside the state. */
export interface StepContext {
  readonly guard: KeyGuard;
  readonly detail: (pending: PendingApproval, columns: number) => Detail;
  /** Whether an answer that needs a signature can be signed: at once, after the passphrase, or why not. */
  readonly signing: () => Signing;
  readonly wallMs: () => number;
}

export type Signing =
  | { readonly kind: 'ready' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'impossible'; readonly why: string };

/** The screen after something happened, and what is to be done. */
export function step(before: ScreenState, event: ScreenEvent, context: StepContext): Step {
  const { state, effects } = happened(before, event, context);
  context.guard.focus(isCovered(state) ? null : state.selectedId);
  return { state: withReading(state, context), effects };
}

function happened(state: ScreenState, event: ScreenEvent, context: StepContext): Step {
  switch (event.kind) {
    case 'key':
      return keyPressed(state, event.key, context);
    case 'resized':
      return only({ ...state, columns: event.columns, rows: event.rows });
    case 'board':
      return boardChanged(state, event);
    case 'receipt': {
      const answering = new Set(state.answering);
      // One that counted is about to go from the list: it stays answered until then.
      if (event.receipt.kind !== 'accepted') answering.delete(event.request.id);
      return only({ ...state, answering, notice: receiptNotice(event.request, event.draft, event.receipt) });
    }
    case 'saved':
      return only(
        event.why === undefined
          ? noted(state, 'good', 'approved and remembered: see guard remembered')
          : noted(state, 'bad', `approved, but not remembered: ${printable(event.why)}`),
      );
    case 'unlocked':
      return unlocked(state, event.why, context);
  }
}

function boardChanged(state: ScreenState, event: ScreenEvent & { readonly kind: 'board' }): Step {
  const { pending, ended, troubles } = event;
  const known = new Set(state.pending.map(({ request }) => request.id));
  const fresh = pending.filter(({ request }) => !known.has(request.id)).map(({ request }) => request);
  const at = state.pending.findIndex(({ request }) => request.id === state.selectedId);
  const isThere = pending.some(({ request }) => request.id === state.selectedId);
  const next = pending[Math.min(Math.max(0, at), pending.length - 1)];
  const selectedId = isThere ? state.selectedId : (next?.request.id ?? null);
  const after = { ...state, pending, ended, troubles, selectedId, top: isThere ? state.top : 0 };
  const gone = isThere ? undefined : selectedOf(state);
  const told = gone === undefined ? after : withoutIts(after, gone);
  const still = pending.map(({ request }) => request.id).filter((id) => state.answering.has(id));
  return {
    state: { ...told, answering: new Set(still) },
    effects: fresh.length === 0 ? [] : [{ kind: 'ring', requests: fresh }],
  };
}

/** The request in focus is over: what was being typed for it is dropped, and its end is told. */
function withoutIts(state: ScreenState, gone: PendingApproval): ScreenState {
  const { id } = gone.request;
  const isTyping = 'id' in state.mode && state.mode.id === id;
  const after = isTyping ? { ...state, mode: BROWSE } : state;
  // The receipt of an own answer tells more.
  if (state.answering.has(id)) return after;
  const end = state.ended.find(({ request }) => request.id === id)?.end;
  const how = end === undefined ? 'is not pending any more' : endText(end);
  return isTyping || end?.approver !== undefined
    ? noted(after, 'warning', `${nameOf(gone.request)} ${how}`)
    : after;
}

function unlocked(state: ScreenState, why: string | undefined, context: StepContext): Step {
  const { mode } = state;
  if (mode.kind !== 'passphrase') return only(state);
  const request = selectedOf(state)?.request;
  if (request === undefined || request.id !== mode.id) return only({ ...state, mode: BROWSE });
  if (why === undefined) return answered({ ...state, mode: BROWSE }, request, mode.draft, context);
  const empty = { ...mode, isChecking: false, editor: { characters: [], cursor: 0 } };
  return only(noted({ ...state, mode: empty }, 'bad', printable(why)));
}

/** Whether a pane lies over the call in focus, or there is no room for it: then nobody sees it. */
function isCovered(state: ScreenState): boolean {
  const { kind } = state.mode;
  return kind === 'help' || kind === 'history' || kind === 'remember' || tooSmall(state) !== undefined;
}

/** Keeps the pane within its lines, and counts what is on the screen as read. */
function withReading(state: ScreenState, context: StepContext): ScreenState {
  const selected = selectedOf(state);
  if (selected === undefined) return state;
  const { columns } = state;
  const { paneHeight: height } = layoutOf(state);
  const { lines, needed } = context.detail(selected, columns);
  const key = readingKey(selected.request);
  const before = state.readings.get(key);
  // Other columns are other lines: what was half read begins anew.
  const isRewrapped = before !== undefined && !before.isWhole && before.columns !== columns;
  const top = isRewrapped ? 0 : clampedTop(state.top, lines.length, height);
  if (isCovered(state)) return { ...state, top };
  const reading = readOn(before, { columns, top, height, linesNeeded: needed });
  const isSame =
    before?.seenLines === reading.seenLines &&
    before.columns === reading.columns &&
    before.isWhole === reading.isWhole;
  if (isSame) return top === state.top ? state : { ...state, top };
  const readings = new Map(state.readings.size >= READINGS_MAX ? [] : state.readings).set(key, reading);
  return { ...state, top, readings };
}

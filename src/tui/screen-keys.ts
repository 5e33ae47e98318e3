import type { AnswerDraft } from '../approvals/board.js';
import { HISTORY_ENTRIES_MAX, PASSPHRASE_CHARS_MAX, REASON_CHARS_MAX } from '../platform/bounds.js';
import { answered } from './answering.js';
import { approvalGate } from './approval-gate.js';
import { HELP } from './help-lines.js';
import type { Key } from './key-reader.js';
import { clampedTop, layoutOf, tooSmall } from './layout.js';
import { edited, EMPTY_LINE, textOf } from './line-editor.js';
import { sessionDraft, startRemembering } from './remember-draft.js';
import { rememberKey } from './remember-keys.js';
import {
  BROWSE,
  type Mode,
  noted,
  only,
  readingKey,
  type ScreenState,
  selectedOf,
  type Step,
} from './screen-state.js';
import type { StepContext } from './screen-step.js';

const QUIT: Step['effects'] = [{ kind: 'quit' }];

/** The screen after a key. */
export function keyPressed(state: ScreenState, key: Key, context: StepContext): Step {
  if (key.kind === 'named' && key.name === 'interrupt') return { state, effects: QUIT };
  const { mode } = state;
  // What cannot be seen is not answered.
  if (tooSmall(state) !== undefined) return only(state);
  switch (mode.kind) {
    case 'browse':
      return browseKey(state, key, context);
    case 'help':
      return paneKey(state, mode, key, HELP.length);
    case 'history':
      return paneKey(state, mode, key, Math.min(HISTORY_ENTRIES_MAX, state.ended.length));
    case 'remember':
      return rememberKey(state, mode, key, context);
    case 'reason':
    case 'confirm':
    case 'passphrase':
      return lineKey(state, mode, key, context);
  }
}

function browseKey(state: ScreenState, key: Key, context: StepContext): Step {
  const command = key.kind === 'character' ? key.text : key.kind === 'named' ? key.name : '';
  const { paneHeight } = layoutOf(state);
  switch (command) {
    case 'up':
    case 'k':
      return only(selected(state, -1));
    case 'down':
    case 'j':
      return only(selected(state, 1));
    case 'q':
      return { state, effects: QUIT };
    case '?':
      return only({ ...state, mode: { kind: 'help', top: 0 } });
    case 'h':
      return only({ ...state, mode: { kind: 'history', top: 0 } });
    case 'page-up':
    case 'b':
      return only({ ...state, top: Math.max(0, state.top - paneHeight) });
    case 'page-down':
    case ' ':
      return context.guard.accepts() ? only({ ...state, top: state.top + paneHeight }) : only(state);
    case 'a':
    case 'd':
    case 's':
    case 'r':
      return decide(state, command, context);
    default:
      return only(state);
  }
}

/** Another request comes into focus; its reading begins at the top. */
function selected(state: ScreenState, by: number): ScreenState {
  const at = state.pending.findIndex(({ request }) => request.id === state.selectedId);
  const next = state.pending[Math.max(0, Math.min(state.pending.length - 1, at + by))];
  if (next === undefined || next.request.id === state.selectedId) return state;
  return { ...state, selectedId: next.request.id, top: 0, notice: null };
}

function decide(state: ScreenState, command: 'a' | 'd' | 's' | 'r', context: StepContext): Step {
  const request = selectedOf(state)?.request;
  if (request === undefined) return only(noted(state, 'dim', 'no call waits for an answer'));
  if (!context.guard.accepts())
    return only(noted(state, 'warning', 'another call came into focus: look, then answer'));
  if (state.answering.has(request.id)) return only(noted(state, 'dim', 'its answer is under way'));
  if (command === 'd')
    return only({ ...state, notice: null, mode: { kind: 'reason', id: request.id, editor: EMPTY_LINE } });
  const gate = approvalGate(request, state.readings.get(readingKey(request)));
  if (gate.kind === 'closed') return only(noted(state, 'warning', gate.why));
  if (command === 'r') return startRemembering(state, request);
  const draft: AnswerDraft | { readonly why: string } =
    command === 's' ? sessionDraft(request) : { decision: 'approved', reason: null, remember: null };
  if ('why' in draft) return only(noted(state, 'warning', draft.why));
  if (gate.kind === 'open') return answered(state, request, draft, context);
  const mode: Mode = { kind: 'confirm', id: request.id, expected: gate.expected, editor: EMPTY_LINE, draft };
  return only({ ...state, notice: null, mode });
}

type PaneMode = Extract<Mode, { readonly kind: 'help' | 'history' }>;

function paneKey(state: ScreenState, mode: PaneMode, key: Key, lines: number): Step {
  const command = key.kind === 'character' ? key.text : key.kind === 'named' ? key.name : '';
  const { paneHeight } = layoutOf(state);
  const moved = (by: number): Step =>
    only({ ...state, mode: { ...mode, top: clampedTop(mode.top + by, lines, paneHeight) } });
  switch (command) {
    case 'up':
    case 'k':
      return moved(-1);
    case 'down':
    case 'j':
      return moved(1);
    case 'page-up':
    case 'b':
      return moved(-paneHeight);
    case 'page-down':
    case ' ':
      return moved(paneHeight);
    case 'escape':
    case 'q':
    case 'h':
    case '?':
      return only({ ...state, mode: BROWSE });
    default:
      return only(state);
  }
}

type LineMode = Extract<Mode, { readonly kind: 'reason' | 'confirm' | 'passphrase' }>;

function lineKey(state: ScreenState, mode: LineMode, key: Key, context: StepContext): Step {
  const request = selectedOf(state)?.request;
  const isEscape = key.kind === 'named' && key.name === 'escape';
  if (request === undefined || request.id !== mode.id || isEscape)
    return only({ ...state, mode: BROWSE, notice: null });
  if (mode.kind === 'passphrase' && mode.isChecking) return only(state);
  if (key.kind !== 'named' || key.name !== 'enter') {
    const charsMax = mode.kind === 'passphrase' ? PASSPHRASE_CHARS_MAX : REASON_CHARS_MAX;
    return only({ ...state, mode: { ...mode, editor: edited(mode.editor, key, charsMax) } });
  }
  const text = textOf(mode.editor);
  switch (mode.kind) {
    case 'reason':
      return answered(
        state,
        request,
        { decision: 'denied', reason: text.trim() === '' ? null : text.trim(), remember: null },
        context,
      );
    case 'confirm':
      if (text.trim() === mode.expected) return answered(state, request, mode.draft, context);
      return only(
        noted(
          { ...state, mode: { ...mode, editor: EMPTY_LINE } },
          'warning',
          `that is not ${mode.expected}: nothing was approved`,
        ),
      );
    case 'passphrase':
      if (text === '') return only(state);
      return {
        state: { ...state, notice: null, mode: { ...mode, isChecking: true } },
        effects: [{ kind: 'unlock', passphrase: text }],
      };
  }
}

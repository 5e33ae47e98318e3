import type { AnswerDraft, EndedApproval, PendingApproval } from '../approvals/board.js';
import type { AnswerReceipt } from '../approvals/channel.js';
import type { ApprovalRequest } from '../approvals/request.js';
import type { Key } from './key-reader.js';
import type { LineEditor } from './line-editor.js';
import type { Tone } from './line.js';
import type { Reading } from './reading.js';
import type { RememberDraft } from './remember-draft.js';

/** What the screen is about at a moment; everything that it shows follows from it. */
export interface ScreenState {
  readonly columns: number;
  readonly rows: number;
  readonly pending: readonly PendingApproval[];
  readonly ended: readonly EndedApproval[];
  readonly troubles: readonly string[];
  /** The request in focus; null where none is pending. */
  readonly selectedId: string | null;
  /** First line of the detail pane that is shown. */
  readonly top: number;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly mode: Mode;
  readonly notice: Notice | null;
  /** Requests whose answer is under way. */
  readonly answering: ReadonlySet<string>;
}

/** What keys mean. */
export type Mode =
  | { readonly kind: 'browse' }
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'history'; readonly top: number }
  /** The reason of a denial is typed. */
  | { readonly kind: 'reason'; readonly id: string; readonly editor: LineEditor }
  /** The end of the id of a grave request is typed. */
  | {
      readonly kind: 'confirm';
      readonly id: string;
      readonly expected: string;
      readonly editor: LineEditor;
      readonly draft: AnswerDraft;
    }
  | { readonly kind: 'remember'; readonly id: string; readonly draft: RememberDraft }
  | {
      readonly kind: 'passphrase';
      readonly id: string;
      readonly editor: LineEditor;
      readonly draft: AnswerDraft;
      readonly isChecking: boolean;
    };

export interface Notice {
  readonly tone: Tone;
  /** Printable. */
  readonly text: string;
}

/** What happened. */
export type ScreenEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | {
      readonly kind: 'board';
      readonly pending: readonly PendingApproval[];
      readonly ended: readonly EndedApproval[];
      readonly troubles: readonly string[];
    }
  | { readonly kind: 'resized'; readonly columns: number; readonly rows: number }
  | {
      readonly kind: 'receipt';
      readonly request: ApprovalRequest;
      readonly draft: AnswerDraft;
      readonly receipt: AnswerReceipt;
    }
  /** A passphrase was tried; `why` says what was wrong. */
  | { readonly kind: 'unlocked'; readonly why: string | undefined }
  /** A remembered answer was saved, or not. */
  | { readonly kind: 'saved'; readonly why: string | undefined };

/** What is to be done because of it. */
export type Effect =
  | { readonly kind: 'answer'; readonly request: ApprovalRequest; readonly draft: AnswerDraft }
  | { readonly kind: 'unlock'; readonly passphrase: string }
  /** New requests came: make oneself heard. */
  | { readonly kind: 'ring'; readonly requests: readonly ApprovalRequest[] }
  | { readonly kind: 'quit' };

export interface Step {
  readonly state: ScreenState;
  readonly effects: readonly Effect[];
}

export const BROWSE: Mode = { kind: 'browse' };

export function initialState(columns: number, rows: number): ScreenState {
  return {
    columns,
    rows,
    pending: [],
    ended: [],
    troubles: [],
    selectedId: null,
    top: 0,
    readings: new Map(),
    mode: BROWSE,
    notice: null,
    answering: new Set(),
  };
}

/** The request in focus. */
export function selectedOf(state: ScreenState): PendingApproval | undefined {
  return state.pending.find(({ request }) => request.id === state.selectedId);
}

/** Under what a request's reading is kept: an answer counts for exactly this digest. */
export function readingKey(request: ApprovalRequest): string {
  return `${request.id} ${request.digest}`;
}

export function noted(state: ScreenState, tone: Tone, text: string): ScreenState {
  return { ...state, notice: { tone, text } };
}

/** A step that only changes the state. */
export function only(state: ScreenState): Step {
  return { state, effects: [] };
}

import type { EndedApproval, PendingApproval } from '../approvals/board.js';
import { HISTORY_ENTRIES_MAX } from '../platform/bounds.js';
import { printable } from '../platform/printable.js';
import { fit, pad, widthOf } from '../platform/text-width.js';
import { approvalGate } from './approval-gate.js';
import { countdown, isUrgent, spokenCountdown } from '../platform/countdown.js';
import type { Detail } from './detail-lines.js';
import { endText, nameOf } from './end-text.js';
import { HELP } from './help-lines.js';
import { revealed } from '../platform/hidden-characters.js';
import { clampedTop, layoutOf, NARROW_COLUMNS, noticeRowsOf, tooSmall } from './layout.js';
import { textOf } from './line-editor.js';
import type { Line } from './line.js';
import { rememberLines } from './remember-lines.js';
import { wrapped } from './wrap-text.js';
import { type Mode, readingKey, type ScreenState, selectedOf } from './screen-state.js';

export interface FrameContext {
  readonly detail: (pending: PendingApproval, columns: number) => Detail;
  readonly mark: (pending: PendingApproval) => string;
  /** Read aloud: no rules, and times that do not change each second. */
  readonly isSpoken: boolean;
}

/** The whole screen as lines, from top to bottom, none wider than the terminal. */
export function frameLines(state: ScreenState, context: FrameContext): Line[] {
  const { columns } = state;
  const small = tooSmall(state);
  if (small !== undefined) return [{ tone: 'warning', text: fit(small, columns) }];
  const { paneHeight } = layoutOf(state);
  const line = (tone: Line['tone'], text: string): Line => ({ tone, text: fit(text, columns) });
  const pane = paneOf(state, context, paneHeight);
  const filling = context.isSpoken ? 0 : paneHeight - pane.length;
  return [
    line('heading', titleOf(state)),
    ...listLines(state, context),
    ...(context.isSpoken ? [] : [{ tone: 'dim', text: '─'.repeat(Math.max(1, columns)) } as const]),
    ...pane.map(({ tone, text }) => line(tone, text)),
    ...Array.from({ length: filling }, () => ({ tone: 'plain', text: '' }) as const),
    promptLine(state, context),
    ...noticeLines(state, context.isSpoken),
    line('dim', keysOf(state, columns)),
  ];
}

function titleOf({ pending, columns }: ScreenState): string {
  const waiting =
    pending.length === 0
      ? 'no call waits'
      : `${pending.length} call${pending.length === 1 ? ' waits' : 's wait'}`;
  return columns < NARROW_COLUMNS ? `guard: ${waiting}` : `guard approve: ${waiting} for an answer`;
}

function listLines(state: ScreenState, context: FrameContext): Line[] {
  const { listHeight, listTop } = layoutOf(state);
  if (state.pending.length === 0)
    return [{ tone: 'dim', text: fit('Calls that need you appear here.', state.columns) }];
  const shown = state.pending.slice(listTop, listTop + listHeight);
  return shown.map((pending, index) => {
    const isSelected = pending.request.id === state.selectedId;
    const more = index === listHeight - 1 ? state.pending.length - listTop - listHeight : 0;
    return {
      tone: isSelected ? 'selected' : 'plain',
      text: rowOf(pending, isSelected, more, state.columns, context),
    };
  });
}

function rowOf(
  pending: PendingApproval,
  isSelected: boolean,
  more: number,
  columns: number,
  context: FrameContext,
): string {
  const { request, remainingMs } = pending;
  const time = context.isSpoken ? spokenCountdown(remainingMs) : countdown(remainingMs);
  const urgent = isUrgent(remainingMs) && !context.isSpoken ? `${time} left` : time;
  const agent = request.agent === null || columns < NARROW_COLUMNS ? '' : ` (${revealed(request.agent)})`;
  const tail = `${agent}  ${urgent}${more > 0 ? `  +${more} more` : ''}`;
  const head = `${isSelected ? '>' : ' '} ${pad(context.mark(pending), 2)} `;
  const short = fit(tail, Math.floor(columns / 2));
  return `${head}${fit(nameOf(request), Math.max(8, columns - head.length - widthOf(short) - 1))}${short}`;
}

function paneOf(state: ScreenState, context: FrameContext, height: number): readonly Line[] {
  const { mode } = state;
  if (mode.kind === 'help') {
    return HELP.slice(mode.top, mode.top + height).map((text) => ({ tone: 'plain', text }));
  }
  if (mode.kind === 'history') {
    const ended = state.ended.slice(0, HISTORY_ENTRIES_MAX);
    if (ended.length === 0) return [{ tone: 'dim', text: 'nothing was answered yet' }];
    return ended.slice(mode.top, mode.top + height).map(historyLine);
  }
  const selected = selectedOf(state);
  if (mode.kind === 'remember' && selected !== undefined) {
    return rememberLines(mode.draft, selected.request, state.columns, height);
  }
  if (selected === undefined) {
    return state.troubles.slice(0, height).map((trouble) => ({ tone: 'warning', text: revealed(trouble) }));
  }
  const { lines } = context.detail(selected, state.columns);
  return lines.slice(state.top, state.top + height);
}

function historyLine({ request, end }: EndedApproval): Line {
  const tone = end.state === 'approved' ? 'good' : end.state === 'denied' ? 'bad' : 'dim';
  const time = /T(\d\d:\d\d:\d\d)/.exec(end.ended_at)?.[1] ?? printable(end.ended_at);
  return { tone, text: `${time} ${nameOf(request)} ${endText(end)}` };
}

/** What has to be done before an approval, or the line that is being typed. Its end stays in sight. */
function promptLine(state: ScreenState, context: FrameContext): Line {
  const { mode, columns } = state;
  const asked = promptOf(mode);
  if (asked !== undefined) {
    const room = Math.max(8, columns - asked.question.length - 2);
    const typed = Array.from(asked.typed)
      .slice(-Math.floor(room / 2))
      .join('');
    const shown = asked.typed.length <= room ? asked.typed : `…${typed}`;
    return { tone: 'heading', text: fit(`${asked.question} ${shown}_`, columns) };
  }
  const selected = selectedOf(state);
  if (selected === undefined || mode.kind !== 'browse') return { tone: 'plain', text: '' };
  const { lines } = context.detail(selected, columns);
  const { paneHeight } = layoutOf(state);
  const bottom = Math.min(lines.length, state.top + paneHeight);
  const bounds = `${clampedTop(state.top, lines.length, paneHeight) + 1}-${bottom} of ${lines.length}`;
  const gate = approvalGate(selected.request, state.readings.get(readingKey(selected.request)));
  const place = lines.length <= paneHeight ? [] : [`lines ${bounds}`];
  if (gate.kind !== 'closed') return { tone: 'dim', text: fit(place.join(''), columns) };
  const why = columns < NARROW_COLUMNS ? gate.short : gate.why;
  return { tone: 'warning', text: fit([why, ...place].join(', '), columns) };
}

function promptOf(mode: Mode): { readonly question: string; readonly typed: string } | undefined {
  switch (mode.kind) {
    case 'reason':
      return { question: 'reason (may be empty):', typed: revealed(textOf(mode.editor)) };
    case 'confirm':
      return { question: `grave: type ${mode.expected} to approve:`, typed: revealed(textOf(mode.editor)) };
    case 'passphrase':
      return mode.isChecking
        ? { question: 'opening the key…', typed: '' }
        : { question: 'passphrase:', typed: '*'.repeat(mode.editor.characters.length) };
    default:
      return undefined;
  }
}

/** What happened last, else what is wrong with the bus; its rows are there in any case. */
function noticeLines(state: ScreenState, isSpoken: boolean): Line[] {
  const { notice, troubles, columns } = state;
  const [trouble] = troubles;
  const { tone, text } = notice ?? { tone: 'warning', text: revealed(trouble ?? '') };
  const room = noticeRowsOf(state);
  const rows = wrapped(text, columns - 1);
  const shown = rows.slice(0, room).map((row): Line => ({ tone, text: row }));
  if (rows.length > room) shown[room - 1] = { tone, text: fit(rows.slice(room - 1).join(''), columns) };
  const missing = isSpoken ? 0 : room - shown.length;
  return [...shown, ...Array.from({ length: missing }, (): Line => ({ tone: 'plain', text: '' }))];
}

function keysOf({ mode, pending }: ScreenState, columns: number): string {
  const isNarrow = columns < 72;
  switch (mode.kind) {
    case 'browse':
      if (pending.length === 0) return 'h history · ? help · q quit';
      return isNarrow
        ? 'a yes d no s sess r rem spc more ? help'
        : 'a approve · d deny · s session · r remember · space more · h history · ? help';
    case 'reason':
      return 'Enter denies · Esc goes back';
    case 'confirm':
      return 'Enter approves · Esc goes back';
    case 'passphrase':
      return 'Enter signs · Esc goes back';
    case 'remember':
      return mode.draft.isConfirming
        ? 'y save and approve · Esc goes back'
        : isNarrow
          ? 'w widen x drop o scope e expiry Enter'
          : 'w widen · x drop · o scope · e expiry · Enter shows it whole · Esc goes back';
    case 'help':
    case 'history':
      return 'j k space scroll · Esc goes back';
  }
}

import {
  LEDGER_MARK_RENEW_MS,
  LEDGER_MARKS_MAX,
  LEDGER_SESSION_IDLE_MS,
  LEDGER_SESSION_MARKS_MAX,
} from '../platform/bounds.js';
import type { Mark, MarkState } from './ledger.js';

/** The marks of one session. */
interface SessionMarks {
  /** Time of the newest mark, dropped ones included. */
  lastMs: number;
  readonly byKey: Map<string, MarkTimes>;
}

/** When a mark was made last, and until when it holds: null for as long as its session. */
export interface MarkTimes {
  readonly atMs: number;
  readonly untilMs: number | null;
}

/** The marks of all sessions. */
export interface Marks {
  readonly sessions: Map<string, SessionMarks>;
  /** Marks in all sessions. */
  count: number;
}

export function createMarks(): Marks {
  return { sessions: new Map(), count: 0 };
}

/**
 * Makes a mark; of two of one key the later times stand, so that the order in which guards write
 * does not matter. A session that was idle begins anew. Returns why it cannot be kept, if so.
 */
export function putMark(marks: Marks, { session, key, untilMs }: Mark, atMs: number): string | undefined {
  const found = marks.sessions.get(session);
  if (found !== undefined && found.lastMs + LEDGER_SESSION_IDLE_MS <= atMs) forgetSession(marks, session);
  const own = marks.sessions.get(session);
  const before = own?.byKey.get(key);
  if (before === undefined && (own?.byKey.size ?? 0) >= LEDGER_SESSION_MARKS_MAX) {
    return `the session holds ${LEDGER_SESSION_MARKS_MAX} marks and takes no more`;
  }
  if (before === undefined && marks.count >= LEDGER_MARKS_MAX) {
    return `it holds ${marks.count} marks and takes no more`;
  }
  const times = own ?? { lastMs: atMs, byKey: new Map<string, MarkTimes>() };
  times.byKey.set(key, before === undefined ? { atMs, untilMs } : later(before, { atMs, untilMs }));
  times.lastMs = Math.max(times.lastMs, atMs);
  marks.sessions.set(session, times);
  if (before === undefined) marks.count += 1;
  return undefined;
}

/** Drops a mark; false where there is none. */
export function dropMark(marks: Marks, session: string, key: string): boolean {
  const own = marks.sessions.get(session);
  if (own?.byKey.delete(key) !== true) return false;
  marks.count -= 1;
  if (own.byKey.size === 0) marks.sessions.delete(session);
  return true;
}

/** Forgets sessions that had no mark for so long. `nowMs` is the ledger's own time. */
export function sweepMarks(marks: Marks, nowMs: number): void {
  for (const [session, { lastMs }] of marks.sessions) {
    if (lastMs + LEDGER_SESSION_IDLE_MS <= nowMs) forgetSession(marks, session);
  }
}

/** Whether making this mark now would change nothing that matters, so that it need not be written. */
export function isMarked(marks: Marks, { session, key, untilMs }: Mark, atMs: number): boolean {
  const before = marks.sessions.get(session)?.byKey.get(key);
  if (before === undefined || before.untilMs !== untilMs) return false;
  return before.atMs <= atMs && atMs < before.atMs + LEDGER_MARK_RENEW_MS;
}

/** The marks of one session, or of all; idle sessions have none, whether they were swept or not. */
export function marksAt(marks: Marks, session: string | null, nowMs: number): MarkState[] {
  const found: MarkState[] = [];
  const add = (name: string, own: SessionMarks | undefined): void => {
    if (own === undefined || own.lastMs + LEDGER_SESSION_IDLE_MS <= nowMs) return;
    for (const [key, { atMs, untilMs }] of own.byKey) found.push({ session: name, key, atMs, untilMs });
  };
  if (session !== null) add(session, marks.sessions.get(session));
  else for (const [name, own] of marks.sessions) add(name, own);
  return found;
}

function later(first: MarkTimes, second: MarkTimes): MarkTimes {
  const lasting = first.untilMs === null || second.untilMs === null;
  return {
    atMs: Math.max(first.atMs, second.atMs),
    untilMs: lasting ? null : Math.max(first.untilMs, second.untilMs),
  };
}

function forgetSession(marks: Marks, session: string): void {
  marks.count -= marks.sessions.get(session)?.byKey.size ?? 0;
  marks.sessions.delete(session);
}

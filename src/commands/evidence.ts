import { userInfo } from 'node:os';
import { holds } from '../limits/evidence.js';
import type { Ledger, MarkState } from '../limits/ledger.js';
import { CONFIG_DURATION_MS_MAX } from '../platform/bounds.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import type { JsonObject } from '../platform/json.js';
import { printable } from '../platform/printable.js';
import { durationMs } from '../platform/units.js';
import { handKey, readEvidenceKey } from '../policy/evidence-key.js';
import { printText } from './check-print.js';
import { openCommandRecord } from './command-record.js';
import type { CommandInput, Run, Tools } from './command.js';
import { shownJsonLine } from './json-print.js';
import { openLedger } from './open-ledger.js';
import { textOption } from './text-option.js';

/** A piece of evidence as it is listed. */
interface Piece extends MarkState {
  readonly name: string;
  /** `hand`, or the layer whose config told of it. */
  readonly from: string;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Lists evidence, puts it in or takes it out. Throws GuardError `usage`, `ledger-unavailable`,
 * `audit-unwritable`.
 */
export const run: Run = async (input, tools) => {
  const [action = 'list', name, ...more] = input.args;
  if (!['list', 'put', 'drop'].includes(action)) {
    throw new GuardError('usage', `expected list, put or drop, got ${printable(action)}`, {
      hint: 'guard evidence put NAME --ttl 30m --session ID',
    });
  }
  if (more.length > 0 || (action === 'list') !== (name === undefined)) {
    throw new GuardError('usage', action === 'list' ? 'list takes no name' : 'expected one name');
  }
  const session = textOption(input, 'session') ?? (tools.env['GUARD_SESSION'] || undefined);
  const ledger = openLedger(tools, (text) => tools.stderr.write(`guard: ${printable(text)}\n`));
  try {
    if (name === undefined) return await list(ledger, session ?? null, input, tools);
    if (!NAME.test(name)) throw new GuardError('usage', 'expected a name of 1 to 64 letters, digits, _ or -');
    if (session === undefined) {
      throw new GuardError('usage', 'expected --session, or GUARD_SESSION to be set', {
        hint: 'the records of guard tail --json name the session of each call',
      });
    }
    const piece: Wanted = { session, name, nowMs: tools.clock.wallMs() };
    const change = action === 'put' ? readPut(piece, input) : readDrop(piece, ledger);
    const record = await openCommandRecord(input, tools);
    try {
      const { event, detail, text } = change(ledger);
      record.write({ event, detail: { name, session, ...detail, by: userInfo().username } }, session);
      await printText(tools.stdout, text);
    } finally {
      record.close();
    }
    return EXIT_CODES.ok;
  } finally {
    ledger.close();
  }
};

/** The piece of evidence that is put in or taken out. */
interface Wanted {
  readonly session: string;
  readonly name: string;
  readonly nowMs: number;
}

/** A change that was understood; carries itself out and says what it did. */
type Change = (ledger: Ledger) => {
  readonly event: 'evidence-put' | 'evidence-dropped';
  readonly detail: JsonObject;
  readonly text: string;
};

function readPut({ session, name, nowMs }: Wanted, input: CommandInput): Change {
  const ttl = textOption(input, 'ttl');
  const ttlMs = ttl === undefined ? undefined : durationMs(ttl);
  if (ttlMs === undefined || ttlMs <= 0 || ttlMs > CONFIG_DURATION_MS_MAX) {
    throw new GuardError(
      'usage',
      'expected --ttl with a duration such as 30m, above zero and of at most ten years',
    );
  }
  const untilMs = Math.floor(nowMs) + ttlMs;
  return (ledger) => {
    const marked = ledger.mark({ session, key: handKey(name), untilMs }, nowMs);
    if (marked.kind === 'unavailable') throw new GuardError('ledger-unavailable', marked.why);
    return {
      event: 'evidence-put',
      detail: { until: timeText(untilMs) },
      text: `put in ${name} for the session ${printable(session)}, until ${timeText(untilMs)}\n`,
    };
  };
}

/** Takes it out, however it came in. */
function readDrop({ session, name, nowMs }: Wanted, known: Ledger): Change {
  const found = piecesOf(known, session, nowMs).filter((piece) => piece.name === name);
  if (found.length === 0) {
    throw new GuardError('usage', `the session ${printable(session)} has no evidence ${name}`, {
      hint: 'guard evidence list',
    });
  }
  return (ledger) => {
    for (const { key } of found) ledger.unmark(session, key, nowMs);
    return {
      event: 'evidence-dropped',
      detail: { from: found.map(({ from }) => from) },
      text: `dropped ${name} of the session ${printable(session)}\n`,
    };
  };
}

async function list(
  ledger: Ledger,
  session: string | null,
  { options }: CommandInput,
  tools: Tools,
): Promise<number> {
  const nowMs = tools.clock.wallMs();
  const pieces = piecesOf(ledger, session, nowMs);
  const lines = pieces.map((piece) =>
    options['json'] === true ? shownJsonLine(jsonOf(piece, nowMs)) : `${lineOf(piece, nowMs)}\n`,
  );
  if (lines.length === 0 && options['json'] !== true) lines.push('no evidence is in\n');
  await printText(tools.stdout, lines.join(''));
  return EXIT_CODES.ok;
}

function piecesOf(ledger: Ledger, session: string | null, nowMs: number): Piece[] {
  const found = ledger.marks(session, nowMs);
  if (found.kind === 'unavailable') throw new GuardError('ledger-unavailable', found.why);
  return found.marks.flatMap((mark) => {
    const read = readEvidenceKey(mark.key);
    return read === undefined ? [] : [{ ...mark, ...read }];
  });
}

function lineOf(piece: Piece, nowMs: number): string {
  const { session, name, from, untilMs } = piece;
  const end = untilMs === null ? 'with its session' : timeText(untilMs);
  const state = holds(piece, nowMs) ? `counts until ${end}` : `expired ${end}`;
  return `${printable(session)}  ${printable(name)}  by ${printable(from)}  ${state}`;
}

function jsonOf(piece: Piece, nowMs: number): object {
  const { session, name, from, atMs, untilMs } = piece;
  return {
    session,
    name,
    from,
    at: timeText(atMs),
    until: untilMs === null ? null : timeText(untilMs),
    counts: holds(piece, nowMs),
  };
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

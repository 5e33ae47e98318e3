import { KEY_SEQUENCE_CHARS_MAX, KEY_SEQUENCE_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';

type NamedKey =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'tab'
  | 'clear-line'
  | 'interrupt';

/** What a person did at the keyboard. */
export type Key =
  | { readonly kind: 'named'; readonly name: NamedKey }
  /** One key with one character: the only text that can be a command. */
  | { readonly kind: 'character'; readonly text: string }
  /** Text that came in one piece, such as a paste: it can be typed into a line and is never a command. */
  | { readonly kind: 'text'; readonly text: string };

export interface KeyReader {
  /** Reads what the terminal sent. */
  push(chunk: string): Key[];
}

const SEQUENCES: Readonly<Record<string, NamedKey>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
};
const CONTROLS: Readonly<Record<string, NamedKey>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u0015': 'clear-line',
  '\u0003': 'interrupt',
  '\u0004': 'interrupt',
};
/** What introduces a string that a terminal sends as an answer: DCS, SOS, OSC, PM, APC. */
const STRING_STARTS = 'PX]^_';
const PASTE_START = '200~';
const PASTE_END = '\u001b[201~';
/** Bytes that follow the introducer of an old mouse report. */
const MOUSE_CHARS = 3;

type State =
  | { readonly kind: 'ground' }
  /** Behind an escape character: a sequence, or the Escape key itself. */
  | { readonly kind: 'escape'; readonly announced: boolean }
  | { readonly kind: 'sequence'; readonly text: string }
  | { readonly kind: 'single-shift' }
  | { readonly kind: 'string'; readonly length: number; readonly escaped: boolean }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'mouse'; readonly left: number };

const GROUND: State = { kind: 'ground' };

/**
 * Reads keys out of a terminal's bytes. Answers of the terminal, pastes and unknown sequences never
 * become commands, however they are cut into pieces. Ink's own reader knows no answers in string form.
 */
export function createKeyReader(clock: Clock): KeyReader {
  let state: State = GROUND;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    push(chunk) {
      const nowMs = clock.monotonicMs();
      // A sequence comes at once. What was left open long ago was none, and must not swallow keys for good.
      if (nowMs - lastMs > KEY_SEQUENCE_MS && state.kind !== 'paste') state = GROUND;
      lastMs = nowMs;
      const keys: Key[] = [];
      let text = '';
      const flush = (): void => {
        if (text !== '') keys.push({ kind: 'text', text });
        text = '';
      };
      for (const character of chunk) {
        const next = advance(state, character);
        state = next.state;
        if (next.text !== undefined) text += next.text;
        if (next.key === undefined) continue;
        flush();
        keys.push(next.key);
      }
      flush();
      // The Escape key is an escape character with nothing behind it. What follows later may still be the
      // rest of a sequence that was cut: the state stays.
      if (state.kind === 'escape' && !state.announced) {
        keys.push({ kind: 'named', name: 'escape' });
        state = { kind: 'escape', announced: true };
      }
      return asTyped(keys, chunk);
    },
  };
}

interface Advance {
  readonly state: State;
  readonly key?: Key;
  readonly text?: string;
}

function advance(state: State, character: string): Advance {
  // Ctrl-C gets out of everything.
  if (character === '\u0003') return { state: GROUND, key: { kind: 'named', name: 'interrupt' } };
  switch (state.kind) {
    case 'ground':
      return fromGround(character);
    case 'escape':
      return fromEscape(character, state.announced);
    case 'single-shift':
      return { state: GROUND, ...keyOf(SEQUENCES[character]) };
    case 'mouse':
      return { state: state.left > 1 ? { kind: 'mouse', left: state.left - 1 } : GROUND };
    case 'sequence':
      return fromSequence(state.text, character);
    case 'string':
      return fromString(state, character);
    case 'paste':
      return fromPaste(state.text + character);
  }
}

function fromGround(character: string): Advance {
  if (character === '\u001b') return { state: { kind: 'escape', announced: false } };
  // The same introducers as single characters of the C1 set.
  if (character === '\u009b') return { state: { kind: 'sequence', text: '' } };
  if ('\u0090\u0098\u009d\u009e\u009f'.includes(character))
    return { state: { kind: 'string', length: 0, escaped: false } };
  const name = CONTROLS[character];
  if (name !== undefined) return { state: GROUND, key: { kind: 'named', name } };
  return /\p{Cc}/u.test(character) ? { state: GROUND } : { state: GROUND, text: character };
}

function fromEscape(character: string, announced: boolean): Advance {
  if (character === '[') return { state: { kind: 'sequence', text: '' } };
  if (character === 'O') return { state: { kind: 'single-shift' } };
  if (STRING_STARTS.includes(character)) return { state: { kind: 'string', length: 0, escaped: false } };
  if (character === '\u001b') {
    const key: Key = { kind: 'named', name: 'escape' };
    return { state: { kind: 'escape', announced: false }, ...(announced ? {} : { key }) };
  }
  // A key with Alt, or the end of a string that was none: no command of ours.
  return { state: GROUND };
}

function fromSequence(text: string, character: string): Advance {
  if (character === '\u001b') return { state: { kind: 'escape', announced: false } };
  const whole = text + character;
  // `[` opens another kind of function key on the Linux console.
  if (/[\u0020-\u003f]/.test(character) || (character === '[' && text === '')) {
    return whole.length > KEY_SEQUENCE_CHARS_MAX
      ? { state: GROUND }
      : { state: { kind: 'sequence', text: whole } };
  }
  if (whole === PASTE_START) return { state: { kind: 'paste', text: '' } };
  if (whole === 'M') return { state: { kind: 'mouse', left: MOUSE_CHARS } };
  return { state: GROUND, ...keyOf(SEQUENCES[whole]) };
}

function fromString(
  state: { readonly length: number; readonly escaped: boolean },
  character: string,
): Advance {
  const isOver =
    character === '\u0007' ||
    character === '\u009c' ||
    character === '\u0018' ||
    character === '\u001a' ||
    (state.escaped && character === '\\');
  if (isOver || state.length >= KEY_SEQUENCE_CHARS_MAX) return { state: GROUND };
  return { state: { kind: 'string', length: state.length + 1, escaped: character === '\u001b' } };
}

function fromPaste(text: string): Advance {
  if (text.endsWith(PASTE_END)) {
    const pasted = text.slice(0, -PASTE_END.length).replaceAll(/\p{Cc}+/gu, ' ');
    return { state: GROUND, ...(pasted === '' ? {} : { key: { kind: 'text', text: pasted } }) };
  }
  // More than fits is let go, but for what may be the beginning of the end.
  const kept =
    text.length > KEY_SEQUENCE_CHARS_MAX
      ? text.slice(0, KEY_SEQUENCE_CHARS_MAX / 2) + text.slice(-PASTE_END.length)
      : text;
  return { state: { kind: 'paste', text: kept } };
}

function keyOf(name: NamedKey | undefined): { readonly key?: Key } {
  return name === undefined ? {} : { key: { kind: 'named', name } };
}

/** A character is a command only where it came alone; Enter too, since a paste without marks has line feeds. */
function asTyped(keys: readonly Key[], chunk: string): Key[] {
  const isAlone = Array.from(chunk).length === 1;
  return keys.flatMap((key): Key[] => {
    if (key.kind === 'text' && isAlone) return [{ kind: 'character', text: key.text }];
    if (key.kind === 'named' && key.name === 'enter' && !isAlone) return [];
    return [key];
  });
}

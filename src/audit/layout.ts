import type { JsonValue } from '../platform/json.js';
import { AUDIT_RECORD_VERSION } from './record.js';
import { RECORD_FIELDS, type Shape } from './record-fields.js';
import type { RecordView } from './record-view.js';

/** A record that was read off its line without parsing it, and where its line ends. */
export interface LaidOut {
  readonly view: RecordView;
  /** Whether the line is nothing but printable ASCII. */
  isPlain(): boolean;
  /** Behind the line feed, or at the end of the text. */
  readonly end: number;
}

/**
 * Reads the line that begins at `at` where it stands byte for byte in the layout of the encoder: the
 * members of RECORD_FIELDS in their order, no spaces, texts of printable ASCII without escapes.
 * `text` holds the file's bytes, one per character (latin1), and the view is good as long as it.
 * Undefined for any other line, which may still be a record: JSON.parse has to say. What is accepted
 * here is always what `readRecord` would accept, with the same values. Linear in the line.
 */
export function readLayout(text: string, at: number): LaidOut | undefined {
  const layout = LAYOUT_BY_LETTER[text.charCodeAt(at + TYPE_AT)];
  if (layout === undefined) return undefined;
  layout.pattern.lastIndex = at;
  const captures = layout.pattern.exec(text);
  if (captures === null) return undefined;
  return {
    view: new LineView(layout.type, captures, layout.places),
    isPlain: () => layout.anyText.every((place) => !NOT_PLAIN.test(captures[place] ?? '')),
    end: layout.pattern.lastIndex,
  };
}

/** Where the name of the type begins in a line. */
const TYPE_AT = `{"v":${AUDIT_RECORD_VERSION},"type":"`.length;

const NOT_PLAIN = /[^\x20-\x7e]/;
/** Text that needs neither decoding nor unescaping. */
const CHARACTERS = String.raw`[\x20-\x21\x23-\x5b\x5d-\x7e]*`;
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
/** Any text of JSON; a byte of a character beyond ASCII is one character here. */
const ANY_TEXT = String.raw`"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"`;
const JSON_DEPTH = 3;

/**
 * A JSON value of at most JSON_DEPTH levels. What may come next is known at each character, so that a
 * line that does not fit is given up without trying it another way.
 */
function jsonPattern(depth: number): string {
  const scalar = `null|true|false|${NUMBER}|${ANY_TEXT}`;
  if (depth === 0) return `(?:${scalar})`;
  const inner = jsonPattern(depth - 1);
  const pair = `${ANY_TEXT}:${inner}`;
  return `(?:${scalar}|\\[(?:${inner}(?:,${inner})*)?\\]|\\{(?:${pair}(?:,${pair})*)?\\})`;
}

const JSON_VALUE = jsonPattern(JSON_DEPTH);

/** How a group opens: one whose text is kept, or not. */
type Opening = '(' | '(?:';
type ValuePattern = (open: Opening) => string;

const text: ValuePattern = (open) => `"${open}${CHARACTERS})"`;
const textOrNull: ValuePattern = (open) => `(?:null|${text(open)})`;
const number: ValuePattern = (open) => `${open}${NUMBER})`;
const json: ValuePattern = (open) => `${open}${JSON_VALUE})`;

/** What a member holds, as a pattern with one group; undefined where it is left to JSON.parse. */
const VALUES: Readonly<Record<Shape, ValuePattern | undefined>> = {
  string: text,
  'string?': textOrNull,
  number,
  boolean: (open) => `${open}true|false)`,
  id: (open) => `${open}null|${NUMBER}|"${CHARACTERS}")`,
  json,
  layers: undefined,
  'optional number': number,
  'optional text': text,
  'optional texts': (open) => String.raw`${open}\[(?:${ANY_TEXT}(?:,${ANY_TEXT})*)?\])`,
  'optional json': json,
};

/** The members that somebody looks at. */
const VIEWED: Readonly<Record<Exclude<keyof RecordView, 'type'>, true>> = {
  ts: true,
  writer: true,
  upstream: true,
  session: true,
  agent: true,
  request_id: true,
  method: true,
  tool: true,
  arg_size: true,
  decision: true,
  enforced: true,
  rule: true,
  layer: true,
  reason: true,
  approval: true,
  result: true,
  latency_ms: true,
  response_size: true,
  arguments: true,
};

/** Which capture holds a member. */
type Places = Readonly<Record<string, number>>;

interface Layout {
  readonly type: string;
  readonly pattern: RegExp;
  readonly places: Places;
  /** The captures in which any text may stand. */
  readonly anyText: readonly number[];
}

function layoutOf(type: string, fields: Readonly<Record<string, Shape>>): Layout | undefined {
  const places: Record<string, number> = {};
  const anyText: number[] = [];
  let source = `\\{"v":${AUDIT_RECORD_VERSION},"type":"${type}"`;
  let place = 0;
  for (const [name, shape] of Object.entries(fields)) {
    const value = VALUES[shape];
    if (value === undefined) return undefined;
    const isAnyText = value('(').includes(ANY_TEXT);
    // A capture is a text that is made for each line, so that only what is looked at has one.
    const isCaptured = isAnyText || Object.hasOwn(VIEWED, name);
    if (isCaptured) {
      place += 1;
      places[name] = place;
    }
    if (isAnyText) anyText.push(place);
    const member = `,"${name}":${value(isCaptured ? '(' : '(?:')}`;
    source += shape.startsWith('optional') ? `(?:${member})?` : member;
  }
  return { type, places, anyText, pattern: new RegExp(`${source}\\}(?:\\n|$)`, 'y') };
}

/** Layouts by the first letter of their type, where it says which one. */
const LAYOUT_BY_LETTER: readonly (Layout | undefined)[] = (() => {
  const layouts: (Layout | undefined)[] = [];
  for (const [type, fields] of Object.entries(RECORD_FIELDS)) {
    const letter = type.charCodeAt(0);
    if (layouts[letter] === undefined) layouts[letter] = layoutOf(type, fields);
  }
  return layouts;
})();

/** The members of one line, made when they are asked for. */
class LineView implements RecordView {
  readonly type: string;
  readonly #captures: RegExpExecArray;
  readonly #places: Places;

  constructor(type: string, captures: RegExpExecArray, places: Places) {
    this.type = type;
    this.#captures = captures;
    this.#places = places;
  }

  get ts(): string {
    return this.#text('ts') ?? '';
  }
  get writer(): string {
    return this.#text('writer') ?? '';
  }
  get upstream(): string {
    return this.#text('upstream') ?? '';
  }
  get session(): string | null {
    return this.#text('session') ?? null;
  }
  get agent(): string | null {
    return this.#text('agent') ?? null;
  }
  get request_id(): string | undefined {
    return this.#text('request_id');
  }
  get method(): string | null | undefined {
    return this.#nullable('method');
  }
  get tool(): string | null | undefined {
    return this.#nullable('tool');
  }
  get arg_size(): number | undefined {
    return this.#number('arg_size');
  }
  get decision(): string | undefined {
    return this.#text('decision');
  }
  get enforced(): boolean | undefined {
    const text = this.#text('enforced');
    return text === undefined ? undefined : text === 'true';
  }
  get rule(): string | null | undefined {
    return this.#nullable('rule');
  }
  get layer(): string | null | undefined {
    return this.#nullable('layer');
  }
  get reason(): string | null | undefined {
    return this.#nullable('reason');
  }
  get approval(): JsonValue | undefined {
    return this.#json('approval');
  }
  get result(): string | undefined {
    return this.#text('result');
  }
  get latency_ms(): number | undefined {
    return this.#number('latency_ms');
  }
  get response_size(): number | undefined {
    return this.#number('response_size');
  }
  get arguments(): JsonValue | undefined {
    return this.#json('arguments');
  }

  #text(name: string): string | undefined {
    const place = this.#places[name];
    return place === undefined ? undefined : this.#captures[place];
  }

  #nullable(name: string): string | null | undefined {
    const place = this.#places[name];
    return place === undefined ? undefined : (this.#captures[place] ?? null);
  }

  #number(name: string): number | undefined {
    const text = this.#text(name);
    return text === undefined ? undefined : Number(text);
  }

  #json(name: string): JsonValue | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    if (text === 'null') return null;
    return JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as JsonValue;
  }
}

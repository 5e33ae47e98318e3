import type { ArgumentPath } from '../../platform/argument-path.js';
import {
  JSON_DEPTH_MAX,
  REDACT_CHARS_MAX,
  REDACT_DECODED_CHARS_MAX,
  REDACT_LEVELS_MAX,
} from '../../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json.js';
import { isCardNumber } from './card-numbers.js';
import type { DetectorsOff } from './detectors.js';
import { isMark, mark, type Take } from './finding.js';
import { KnownSecrets } from './known-secrets.js';
import { PathWalk } from './path-walk.js';
import { isRandomKey } from './random-text.js';
import { redactText } from './redact-text.js';
import { announcedBy, announcedValue } from './split-secrets.js';
import { sensitiveKind } from './sensitive-names.js';

/** A copy of a value without the secrets that it holds. */
export type Redact = (value: JsonValue) => JsonValue;

/** What is looked for beside what every redaction knows. */
export interface RedactionSettings {
  /** What stands there is taken out whole, whatever it is. */
  readonly paths: readonly ArgumentPath[];
  readonly off: DetectorsOff;
}

/** Told of each secret that is found: where (member names and positions), what kind, and the secret. */
type OnFinding = (place: readonly (string | number)[], kind: string, found: string) => void;

/** How a value is looked through to report what is in it. */
export interface Inspection {
  readonly onFinding: OnFinding;
  /** Text that is looked through, in characters, in the place of REDACT_CHARS_MAX: nothing may go unread. */
  readonly charsMax: number;
}

const EVERYTHING: RedactionSettings = { paths: [], off: new Set() };

/**
 * Makes a redaction that knows these exact secrets besides what names, shapes and paths give away. Each
 * is replaced by `[redacted:kind]`. JSON in texts, URL escapes and base64 are opened, up to
 * REDACT_LEVELS_MAX inside one another and REDACT_DECODED_CHARS_MAX in total. Values deeper than
 * JSON_DEPTH_MAX and text beyond REDACT_CHARS_MAX in total are left out, never let through unread.
 * Time is linear in the value.
 */
export function createRedaction(
  known: KnownSecrets = new KnownSecrets(),
  settings: RedactionSettings = EVERYTHING,
  inspection?: Inspection,
): Redact {
  return (value) => new Walk(known, settings, inspection).value(value, 0, PathWalk.from(settings.paths));
}

/** One value on its way through. */
class Walk {
  readonly #known: KnownSecrets;
  readonly #settings: RedactionSettings;
  readonly #onFinding: OnFinding | undefined;
  #charsLeft: number;
  #decodedLeft = REDACT_DECODED_CHARS_MAX;
  /** Encodings that are open at the moment. */
  #level = 0;
  readonly #place: (string | number)[] = [];

  constructor(known: KnownSecrets, settings: RedactionSettings, inspection: Inspection | undefined) {
    this.#known = known;
    this.#settings = settings;
    this.#onFinding = inspection?.onFinding;
    this.#charsLeft = inspection?.charsMax ?? REDACT_CHARS_MAX;
  }

  value(value: JsonValue, depth: number, paths: PathWalk | undefined): JsonValue {
    if (paths?.arrived === true && !isEmpty(value)) return this.#taken('path', value);
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return this.#number(value);
    if (value === null || typeof value === 'boolean') return value;
    if (depth >= JSON_DEPTH_MAX) return '[omitted:too deep]';
    return isJsonObject(value) ? this.#object(value, depth, paths) : this.#array(value, depth, paths);
  }

  #array(items: readonly JsonValue[], depth: number, paths: PathWalk | undefined): JsonValue {
    const named = !this.#settings.off.has('named');
    return items.map((item, index) => {
      this.#place.push(index);
      const before = named && index > 0 ? items[index - 1] : undefined;
      const kind = before === undefined || isEmpty(item) ? undefined : announcedBy(before, items.length);
      const shown =
        kind === undefined ? this.value(item, depth + 1, paths?.into(index)) : this.#taken(kind, item);
      this.#place.pop();
      return shown;
    });
  }

  #object(value: JsonObject, depth: number, paths: PathWalk | undefined): JsonValue {
    const { off } = this.#settings;
    const named = off.has('named') ? undefined : announcedValue(value);
    // Object.fromEntries defines members, so that a `__proto__` stays one.
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        this.#place.push(key);
        const kind = isEmpty(item) ? undefined : this.#announced(key, item, named);
        const below = paths?.into(key);
        const shown = kind === undefined ? this.value(item, depth + 1, below) : this.#taken(kind, item);
        const entry = [this.#text(key), shown] as const;
        this.#place.pop();
        return entry;
      }),
    );
  }

  /** What the name of a member, or another member beside it, says of its value. */
  #announced(key: string, item: JsonValue, named: ReturnType<typeof announcedValue>): string | undefined {
    const { off } = this.#settings;
    if (named !== undefined && named.members.has(key)) return named.kind;
    const kind = off.has('named') ? undefined : sensitiveKind(key);
    if (kind !== undefined || off.has('entropy') || typeof item !== 'string') return kind;
    return isRandomKey(key, item) ? 'high-entropy' : undefined;
  }

  #taken(kind: string, value: JsonValue): JsonValue {
    if (typeof value === 'string' && isMark(value)) return value;
    if (this.#onFinding !== undefined) {
      this.#take(kind, typeof value === 'string' ? value : JSON.stringify(value));
    }
    return mark(kind);
  }

  readonly #take: Take = (kind, found) => {
    this.#onFinding?.(this.#place, kind, found);
    return mark(kind);
  };

  #text(text: string): string {
    if (this.#level === 0) this.#charsLeft -= text.length;
    if (this.#charsLeft < 0) return '[omitted:too large]';
    return redactText(text, {
      known: this.#known,
      off: this.#settings.off,
      take: this.#take,
      opens: this.#level < REDACT_LEVELS_MAX,
      mayDecode: (chars) => (this.#decodedLeft -= chars) >= 0,
      inside: (value) => this.#deeper(() => this.value(value, 0, PathWalk.from(this.#settings.paths))),
      decoded: (decoded) => this.#deeper(() => this.#text(decoded)),
    });
  }

  #deeper<Result>(read: () => Result): Result {
    this.#level += 1;
    const result = read();
    this.#level -= 1;
    return result;
  }

  #number(value: number): JsonValue {
    const digits = String(value);
    if (digits.length < 4) return value;
    if (!this.#settings.off.has('card') && isCardNumber(digits)) return this.#taken('card', value);
    const shown = this.#known.replace(digits, () => '');
    return shown === digits ? value : this.#taken('secret', value);
  }
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === '' || typeof value === 'boolean';
}

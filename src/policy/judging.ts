import { PATH_CHARS_MAX } from '../platform/bounds.js';
import { foldKey } from '../platform/fold.js';
import type { JsonObject } from '../platform/json.js';
import type { PolicyPorts } from './ports.js';
import type { Subject } from './subject.js';

/** Objects with at least this many members get a table of folded keys instead of a walk per question. */
const FOLD_TABLE_MEMBERS_MIN = 32;

/**
 * One evaluation of one subject, and what it need not find out twice: canonical paths cost system
 * calls, folded keys a walk over the members. Thrown away with the evaluation.
 */
export class Judging {
  readonly subject: Subject;
  readonly #ports: PolicyPorts;
  /** The first path that was asked for; most calls have one. Further ones are in the table. */
  #path: { text: string; baseDir: string; canonical: string | undefined } | undefined;
  #paths: Map<string, string | undefined> | undefined;
  #folded: Map<JsonObject, Map<string, number>> | undefined;
  /** The object last seen to have only keys that are their own folded form: such keys have no twins. */
  #plain: JsonObject | undefined;

  constructor(subject: Subject, ports: PolicyPorts) {
    this.subject = subject;
    this.#ports = ports;
  }

  /** The canonical form of a path; undefined where it has none or is longer than PATH_CHARS_MAX. */
  canonicalPath(text: string, baseDir: string): string | undefined {
    if (text.length > PATH_CHARS_MAX) return undefined;
    const first = this.#path;
    if (first === undefined) {
      const canonical = this.#ports.canonicalPath(text, baseDir);
      this.#path = { text, baseDir, canonical };
      return canonical;
    }
    return first.text === text && first.baseDir === baseDir
      ? first.canonical
      : this.#furtherPath(text, baseDir);
  }

  /** True when the object has a key other than `key` that a lenient reader would take for it. */
  hasTwin(object: JsonObject, key: string, folded: string): boolean {
    if (object === this.#plain && key === folded) return false;
    const keys = Object.keys(object);
    if (keys.length < FOLD_TABLE_MEMBERS_MIN) {
      let isPlain = true;
      for (const other of keys) {
        const otherFolded = foldKey(other);
        if (other !== key && otherFolded === folded) return true;
        if (other !== otherFolded) isPlain = false;
      }
      if (isPlain) this.#plain = object;
      return false;
    }
    const own = Object.hasOwn(object, key) ? 1 : 0;
    return (this.#foldedKeys(object, keys).get(folded) ?? 0) > own;
  }

  #furtherPath(text: string, baseDir: string): string | undefined {
    const key = `${baseDir}\0${text}`;
    this.#paths ??= new Map();
    if (this.#paths.has(key)) return this.#paths.get(key);
    const canonical = this.#ports.canonicalPath(text, baseDir);
    this.#paths.set(key, canonical);
    return canonical;
  }

  #foldedKeys(object: JsonObject, keys: readonly string[]): Map<string, number> {
    this.#folded ??= new Map();
    let counts = this.#folded.get(object);
    if (counts === undefined) {
      counts = new Map();
      for (const key of keys) {
        const folded = foldKey(key);
        counts.set(folded, (counts.get(folded) ?? 0) + 1);
      }
      this.#folded.set(object, counts);
    }
    return counts;
  }
}

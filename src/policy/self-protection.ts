import {
  JSON_DEPTH_MAX,
  PATH_CHARS_MAX,
  PROTECTION_COMMAND_CHARS_MAX,
  PROTECTION_PATHS_MAX,
} from '../platform/bounds.js';
import type { JsonValue } from '../platform/json.js';
import type { Judging } from './judging.js';
import { pathReadings } from './path-text.js';
import { holdsProtectedText } from './protected-text.js';
import { type KeyTraits, type Protection, foldPath, placeOf } from './protection.js';

/** How a call touches what guard protects. */
export type Touch =
  /** A text is the path of something protected, or of something inside it. */
  | { readonly kind: 'path'; readonly text: string }
  /** A text names a folder that holds something protected, on a tool that may move or delete it. */
  | { readonly kind: 'parent'; readonly text: string }
  /** A protected path stands somewhere in a longer text. */
  | { readonly kind: 'mention'; readonly text: string }
  /** A path with `..` that can be read in two ways, so that nobody can say where it leads. */
  | { readonly kind: 'unclear'; readonly text: string }
  /** More texts look like paths than can be checked. */
  | { readonly kind: 'too-many'; readonly text: string };

const COMMAND_KEY = /^(?:command|cmd|script|shell|code|args|argv|arguments)$/i;
const PATH_KEY = /path|file|folder|dir|src|source|dest|target|^(?:from|to|name|uri|url)$/i;
const WORD_ENDS = /[\s'"`;|&<>()=,]+/;
const CLIMBS = /(?:^|[\\/])\.\.(?:[\\/]|$)/;
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const HOME_VARIABLE = /^\$(?:HOME|\{HOME\})(?=$|[\\/])/;

/**
 * How the subject touches a protected path, or undefined where it does not. Looks at every text in
 * the arguments, keys included, and at the resource's address. Paths are resolved only for texts
 * that look like one, since that costs system calls; all others are searched as text.
 */
export function findProtected(protection: Protection, judging: Judging): Touch | undefined {
  const search = new Search(protection, judging);
  const { uri, input } = judging.subject;
  return (uri === undefined ? undefined : search.inText(uri, URI)) ?? search.inValue(input, KEYLESS, 0);
}

/** What stands under no key: a key itself, the arguments as a whole. */
const KEYLESS: KeyTraits = { isSuspect: false, holdsPath: false, holdsCommand: false };
const URI: KeyTraits = { ...KEYLESS, holdsPath: true };

class Search {
  readonly #protection: Protection;
  readonly #judging: Judging;
  #resolved = 0;

  constructor(protection: Protection, judging: Judging) {
    this.#protection = protection;
    this.#judging = judging;
  }

  inValue(value: JsonValue, key: KeyTraits, depth: number): Touch | undefined {
    if (typeof value === 'string') return this.inText(value, key);
    if (typeof value !== 'object' || value === null) return undefined;
    // Deeper messages never get here; should one, evaluation fails and denies.
    if (depth > JSON_DEPTH_MAX) throw new Error('the arguments nest too deep');
    if (Array.isArray(value)) {
      for (const element of value) {
        const touch = this.inValue(element, key, depth + 1);
        if (touch !== undefined) return touch;
      }
      return undefined;
    }
    for (const name of Object.keys(value)) {
      const traits = traitsOf(this.#protection, name);
      const touch =
        (traits.isSuspect ? this.inText(name, KEYLESS) : undefined) ??
        this.inValue(value[name] ?? null, traits, depth + 1);
      if (touch !== undefined) return touch;
    }
    return undefined;
  }

  inText(text: string, key: KeyTraits): Touch | undefined {
    if (looksLikePath(this.#protection, text, key.holdsPath)) {
      const touch = this.#ofPath(text);
      if (touch !== undefined) return touch;
    }
    if (holdsProtectedText(this.#protection.texts, text)) return { kind: 'mention', text };
    if (!key.holdsCommand || text.length > PROTECTION_COMMAND_CHARS_MAX) return undefined;
    for (const word of text.split(WORD_ENDS)) {
      const path = word.replace(HOME_VARIABLE, '~');
      const touch = looksLikePath(this.#protection, path, false) ? this.#ofPath(path) : undefined;
      if (touch !== undefined) return touch;
    }
    return undefined;
  }

  #ofPath(text: string): Touch | undefined {
    for (const reading of readingsOf(text)) {
      this.#resolved += 1;
      if (this.#resolved > PROTECTION_PATHS_MAX) return { kind: 'too-many', text };
      const canonical = this.#judging.canonicalPath(reading, this.#protection.baseDir);
      if (canonical === undefined) {
        if (CLIMBS.test(reading) && !CONTROL.test(reading)) return { kind: 'unclear', text };
        continue;
      }
      const place = placeOf(this.#protection, canonical);
      if (place === 'within') return { kind: 'path', text };
      if (place === 'above' && this.#mayChange()) return { kind: 'parent', text };
    }
    return undefined;
  }

  #mayChange(): boolean {
    const { tool, hints } = this.#judging.subject;
    return tool !== undefined && !hints.readOnlyHint;
  }
}

function traitsOf(protection: Protection, key: string): KeyTraits {
  return (
    protection.keys.get(key) ??
    protection.keys.set(key, {
      isSuspect: looksLikePath(protection, key, false) || holdsProtectedText(protection.texts, key),
      holdsPath: PATH_KEY.test(key),
      holdsCommand: COMMAND_KEY.test(key),
    })
  );
}

function looksLikePath({ names }: Protection, text: string, isPathExpected: boolean): boolean {
  if (text === '' || text.length > PATH_CHARS_MAX) return false;
  if (text.includes('/') || text.includes('\\')) return !isRemote(text);
  return isPathExpected || text.startsWith('~') || text.startsWith('.') || names.has(foldPath(text));
}

/** The paths that a server may take a text for; many trim it, and C libraries end it at NUL. */
function readingsOf(text: string): readonly string[] {
  const readings = pathReadings(text) ?? [];
  const nul = text.indexOf('\0');
  const bare = (nul === -1 ? text : text.slice(0, nul)).trim();
  return bare === text || bare === '' ? readings : [...readings, ...(pathReadings(bare) ?? [])];
}

/** A URL of anything but a local file. */
function isRemote(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !/^file:/i.test(text);
}

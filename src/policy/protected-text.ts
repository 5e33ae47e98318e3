import { PROTECTION_HOME_CHARS_MAX } from '../platform/bounds.js';

/**
 * Finds protected paths that are written out in a text, such as a shell command: `/home/a/.config/x`,
 * `~/.config/x`, `$HOME/.config/x`. One pass over the text, whatever the number of paths. Case does not
 * count, repeated and dotted separators, quotes and backslashes within are read as a shell would.
 */

/** Characters of paths from one place on; built once. */
interface Node {
  readonly next: Map<string, Node>;
  isEnd: boolean;
}

/** Protected paths by their characters, from the root and from the home folder. */
export interface ProtectedTexts {
  readonly absolute: Node;
  readonly underHome: Node;
}

const NAME_CHARACTER = /[\p{L}\p{N}_-]/u;
/** Marks the ASCII characters behind which a path begins. */
const ASCII_BEGINS = Uint8Array.from({ length: 128 }, (_none, code) =>
  /[./\\~}%\p{L}\p{N}_-]/u.test(String.fromCharCode(code)) ? 0 : 1,
);
const HOME_BEFORE = /(?:(?:^|[^\w.~-])~|\$\{?HOME\}?|\$env:USERPROFILE|%USERPROFILE%)["']*$/i;
const HOME_ENDINGS = '~eE}%"\'';

/** Builds the tables; paths are absolute, `home` is cut off where a path lies below it. */
export function compileProtectedTexts(paths: readonly string[], homes: readonly string[]): ProtectedTexts {
  const absolute = newNode();
  const underHome = newNode();
  for (const path of paths) {
    insert(absolute, normal(path));
    for (const home of homes) {
      const root = normal(home);
      if (normal(path).startsWith(`${root}/`)) insert(underHome, normal(path).slice(root.length));
    }
  }
  return { absolute, underHome };
}

/** True when the text holds a protected path, or something below one, at path boundaries. */
export function holdsProtectedText(texts: ProtectedTexts, text: string): boolean {
  let slash = text.indexOf('/');
  let backslash = text.indexOf('\\');
  while (slash !== -1 || backslash !== -1) {
    const isSlash = backslash === -1 || (slash !== -1 && slash < backslash);
    const at = isSlash ? slash : backslash;
    if (isSlash) slash = text.indexOf('/', at + 1);
    else backslash = text.indexOf('\\', at + 1);
    const before = at === 0 ? '' : text.charAt(at - 1);
    if (beginsPath(before) && follows(texts.absolute, text, at)) return true;
    if (before !== '' && HOME_ENDINGS.includes(before)) {
      const lead = text.slice(Math.max(0, at - PROTECTION_HOME_CHARS_MAX), at);
      if (HOME_BEFORE.test(lead) && follows(texts.underHome, text, at)) return true;
    }
  }
  return false;
}

/** A path begins after a drive's colon, a quote, a space …, not in the middle of another path. */
function beginsPath(before: string): boolean {
  if (before === '') return true;
  const code = before.charCodeAt(0);
  return code < ASCII_BEGINS.length ? ASCII_BEGINS[code] === 1 : !NAME_CHARACTER.test(before);
}

/** True when one of the paths in the table is written from `from` on and ends at a boundary. */
function follows(root: Node, text: string, from: number): boolean {
  let node = root;
  let at = from;
  for (;;) {
    if (node.isEnd && endsName(text, at)) return true;
    if (at >= text.length) return false;
    const character = text.charAt(at);
    const separator = isSeparator(character) ? node.next.get('/') : undefined;
    const next = separator ?? node.next.get(character.toLowerCase());
    if (next !== undefined) {
      at = separator === undefined ? at + 1 : afterSeparators(text, at);
      node = next;
    } else if (character === '\\' || character === '"' || character === "'") {
      at += 1;
    } else {
      return false;
    }
  }
}

/** `//`, `\\` and `/./` separate as one separator does. */
function afterSeparators(text: string, from: number): number {
  let at = from + 1;
  while (isSeparator(text.charAt(at)) || (text.charAt(at) === '.' && isSeparator(text.charAt(at + 1))))
    at += 1;
  return at;
}

function endsName(text: string, at: number): boolean {
  const next = text.charAt(at);
  if (next === '.') return !NAME_CHARACTER.test(text.charAt(at + 1));
  return next === '' || !NAME_CHARACTER.test(next);
}

function isSeparator(character: string): boolean {
  return character === '/' || character === '\\';
}

/** Lower case, forward slashes, no drive letter: any drive counts. */
function normal(path: string): string {
  return path
    .replace(/^[A-Za-z]:/, '')
    .replace(/[\\/]+/g, '/')
    .replace(/\/$/, '')
    .toLowerCase();
}

function insert(root: Node, path: string): void {
  if (path === '') return;
  let node = root;
  for (let at = 0; at < path.length; at += 1) {
    const character = path.charAt(at);
    let next = node.next.get(character);
    if (next === undefined) {
      next = newNode();
      node.next.set(character, next);
    }
    node = next;
  }
  node.isEnd = true;
}

function newNode(): Node {
  return { next: new Map(), isEnd: false };
}

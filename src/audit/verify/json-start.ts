/** What comes next in a text of JSON. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end';

// oxlint-disable-next-line no-control-regex -- JSON has them only as escapes
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const ESCAPE_START = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const WORD_START =
  /^(?:-?(?:(?:0|[1-9]\d*)(?:\.\d*|(?:\.\d+)?[eE][+-]?\d*)?)?|t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|n(?:u(?:ll?)?)?)$/;
/** No number or word of a record is longer. */
const WORD_CHARS = 32;

/**
 * Whether a text is the start of a JSON object without blanks between its parts, as an interrupted writer leaves
 * it. False for a whole one, and for what no ending would make one. Linear in the text.
 */
export function isJsonStart(text: string): boolean {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    const closes = open.at(-1) === '{' ? '}' : ']';
    if (expected === 'comma-or-end' && character === ',') {
      expected = open.at(-1) === '{' ? 'name' : 'value';
      at += 1;
    } else if (expected.endsWith('-or-end') && character === closes) {
      open.pop();
      if (open.length === 0) return false;
      expected = 'comma-or-end';
      at += 1;
    } else if (expected === 'comma-or-end') {
      return false;
    } else if (expected === 'colon') {
      if (character !== ':') return false;
      expected = 'value';
      at += 1;
    } else if (
      expected.startsWith('value') &&
      (character === '{' || (character === '[' && open.length > 0))
    ) {
      open.push(character);
      expected = character === '{' ? 'name-or-end' : 'value-or-end';
      at += 1;
    } else {
      if (open.length === 0) return false;
      const isName = expected.startsWith('name');
      if (isName && character !== '"') return false;
      const end = character === '"' ? stringEnd(text, at) : wordEnd(text, at);
      if (end === undefined) return false;
      expected = isName ? 'colon' : 'comma-or-end';
      at = end;
    }
  }
  return true;
}

/** Behind the string that begins here, or the end of a text that ends inside it; undefined where it is none. */
function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; ;) {
    at = endOf(PLAIN, text, at) ?? at;
    const character = text[at];
    if (character === '"') return at + 1;
    if (character === undefined) return at;
    const escape = endOf(ESCAPE, text, at);
    if (escape === undefined) return ESCAPE_START.test(text.slice(at, at + 6)) ? text.length : undefined;
    at = escape;
  }
}

function wordEnd(text: string, at: number): number | undefined {
  const rest = text.slice(at, at + WORD_CHARS);
  if (at + rest.length === text.length && WORD_START.test(rest)) return text.length;
  return endOf(WORD, text, at);
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

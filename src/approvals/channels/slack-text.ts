import { SLACK_BLOCK_CHARS_MAX, SLACK_NAME_CHARS_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';

/**
 * Text of strangers as Slack's mrkdwn shows it letter by letter: everything that a person could not
 * see is a visible escape, `&`, `<` and `>` are entities (so no mention, link or channel can begin),
 * and a backtick is an escape too, since all of it stands in code, where nothing else is markup.
 */
function escaped(text: string): string {
  return printable(text).replace(/[&<>`]/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '`': String.raw`\u{0060}`,
};

/** A name as code, cut with a visible mark where it is longer than SLACK_NAME_CHARS_MAX as Slack counts. */
export function code(text: string): string {
  if (text === '') return '_empty_';
  const { shown, left } = beginning(text, SLACK_NAME_CHARS_MAX);
  return `\`${shown}${left > 0 ? `…(+${left} chars)` : ''}\``;
}

/** Whether a name is shown to its last character. */
export function fits(name: string): boolean {
  return beginning(name, SLACK_NAME_CHARS_MAX).left === 0;
}

/** Text as code blocks of at most SLACK_BLOCK_CHARS_MAX characters, and how many characters did not fit into them. */
export function codeBlocks(
  text: string,
  blocksMax: number,
): { readonly blocks: readonly string[]; readonly left: number } {
  const blocks: string[] = [];
  let rest = text;
  while (rest !== '' && blocks.length < blocksMax) {
    const { shown, left } = beginning(rest, SLACK_BLOCK_CHARS_MAX - FENCES);
    blocks.push(`\`\`\`\n${shown}\n\`\`\``);
    rest = rest.slice(rest.length - left);
  }
  return { blocks, left: rest.length };
}

const FENCES = 8;

/** As much of the text as fits when it is escaped, and how many characters are left. Lines stay lines. */
function beginning(text: string, charsMax: number): { readonly shown: string; readonly left: number } {
  let shown = '';
  let taken = 0;
  // Character by character: an entity or escape must not be cut in two.
  for (const character of text) {
    const next = character === '\n' ? '\n' : escaped(character);
    if (shown.length + next.length > charsMax) break;
    shown += next;
    taken += character.length;
  }
  return { shown, left: text.length - taken };
}

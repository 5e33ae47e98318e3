import type { EntryShape } from '../table/client.js';
import {
  type ListNode,
  type MapNode,
  type Member,
  memberOf,
  type ScalarNode,
  textOf,
  wordsOf,
} from '../formats/tree.js';
import { type GuardCall, readGuardCall } from './guard-words.js';

/** What an entry starts, and where that stands. */
export type EntryTarget =
  | WordTarget
  | ListTarget
  | { readonly kind: 'remote'; readonly holder: MapNode; readonly address: string; readonly call: undefined }
  /** Nothing that guard could stand in front of: the client's own server, or one that is only switched. */
  | { readonly kind: 'nothing'; readonly why: string; readonly call: undefined }
  | { readonly kind: 'refused'; readonly why: string; readonly call: undefined };

/** A command of one word, beside a list of arguments. */
export interface WordTarget {
  readonly kind: 'words';
  /** The map that holds the command: the entry, or one inside it. */
  readonly holder: MapNode;
  readonly command: Member & { readonly value: ScalarNode };
  readonly args: (Member & { readonly value: ListNode }) | undefined;
  /** All words as they are meant; undefined in place of what is no text. */
  readonly words: readonly (string | undefined)[];
  /** What the words say, where they start guard. */
  readonly call: GuardCall | undefined;
}

/** A command that is a list of all words. */
export interface ListTarget {
  readonly kind: 'list';
  readonly holder: MapNode;
  readonly command: Member & { readonly value: ListNode };
  readonly words: readonly (string | undefined)[];
  readonly call: GuardCall | undefined;
}

/** Values of `type` and `source` that say that the client brings the server itself. */
const OWN_KINDS: ReadonlySet<string> = new Set([
  'builtin',
  'platform',
  'frontend',
  'inline_python',
  'extension',
  'inprocess',
]);

/** Finds what an entry starts. */
export function targetOf(entry: MapNode, shape: EntryShape): EntryTarget {
  const holder = holderOf(entry, shape);
  const command = memberOf(holder, commandKey(holder, shape));
  if (command === undefined) return withoutCommand(entry, holder, shape);
  const { value } = command;
  if (value.kind === 'list') {
    const words = wordsOf(value);
    if (words === undefined || words.length === 0 || value.style === 'tables') {
      return refused('its command has no words');
    }
    return { kind: 'list', holder, command: { ...command, value }, words, call: readGuardCall(words) };
  }
  if (value.kind === 'map') return refused('its command is a map without a path');
  if (value.text === undefined || value.text === '') return refused('its command is no text');
  const args = memberOf(holder, 'args');
  if (args === undefined) {
    const words = [value.text];
    return { kind: 'words', holder, command: { ...command, value }, args, words, call: undefined };
  }
  const list = args.value;
  const listed = wordsOf(list);
  if (list.kind !== 'list' || listed === undefined) return refused('its args are no list');
  const words = [value.text, ...listed];
  return {
    kind: 'words',
    holder,
    command: { ...command, value },
    args: { ...args, value: list },
    words,
    call: readGuardCall(words),
  };
}

/** Older shapes keep the command in a map of its own: `transport: {…}`, `command: { path, args }`. */
function holderOf(entry: MapNode, shape: EntryShape): MapNode {
  const transport = memberOf(entry, 'transport')?.value;
  if (transport?.kind === 'map') return transport;
  const command = memberOf(entry, shape.command)?.value;
  return command?.kind === 'map' && memberOf(command, 'path') !== undefined ? command : entry;
}

function commandKey(holder: MapNode, shape: EntryShape): string {
  return memberOf(holder, shape.command) === undefined && memberOf(holder, 'path') !== undefined
    ? 'path'
    : shape.command;
}

function withoutCommand(entry: MapNode, holder: MapNode, shape: EntryShape): EntryTarget {
  for (const key of shape.url) {
    const address = textOf(holder, key);
    if (address !== undefined) return { kind: 'remote', holder, address, call: undefined };
  }
  const own = textOf(entry, 'type') ?? textOf(entry, 'source');
  if (own !== undefined && OWN_KINDS.has(own)) {
    return { kind: 'nothing', why: `the client brings it itself (${own})`, call: undefined };
  }
  if (entry.members.length > 0 && entry.members.every(({ key }) => key === 'enabled' || key === 'disabled')) {
    return { kind: 'nothing', why: 'it only switches a server that is defined elsewhere', call: undefined };
  }
  return refused('it has no command');
}

function refused(why: string): EntryTarget {
  return { kind: 'refused', why, call: undefined };
}

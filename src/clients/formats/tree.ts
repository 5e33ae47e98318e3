/**
 * A config file as a tree of values that know where they stand in the text. All formats come to the
 * same tree, so that one editor serves them all. Offsets count UTF-16 units of the text without its BOM.
 */

/** From the first unit of something to the one behind its last. */
export type Range = readonly [start: number, end: number];

/** A text, number, truth value, date or nothing. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly range: Range;
  /** As it stands in the file. */
  readonly raw: string;
  /** A text as it is meant; what is no text is undefined here. */
  readonly text: string | undefined;
  /** A number as it is meant. */
  readonly number: number | undefined;
  /** Whether its raw text means the same inside a list: of any kind, of a block list only, or of none. */
  readonly copies: 'anywhere' | 'block' | 'nowhere';
}

export interface ListNode {
  readonly kind: 'list';
  readonly range: Range;
  /** `tables` is TOML's `[[name]]`: its items stand apart and cannot be edited as a list. */
  readonly style: 'flow' | 'block' | 'tables';
  readonly items: readonly Node[];
}

export interface MapNode {
  readonly kind: 'map';
  /** Undefined where its members stand apart, as those of TOML's tables may. */
  readonly range: Range | undefined;
  readonly style: 'flow' | 'block';
  readonly members: readonly Member[];
}

export interface Member {
  readonly key: string;
  /** Where its key begins, with the dotted words in front of it. */
  readonly start: number;
  /** Dotted words in front of the key, as they stand in the file: `a.b.` of TOML's `a.b.key`. */
  readonly prefix: string;
  readonly value: Node;
}

export type Node = ScalarNode | ListNode | MapNode;

type Syntax = 'json' | 'yaml' | 'toml';

/** A file that was understood. */
export interface ConfigDocument {
  readonly syntax: Syntax;
  /** Without the BOM. */
  readonly text: string;
  readonly hasBom: boolean;
  readonly root: MapNode;
}

/** What reading comes to; `why` follows the file's name in a sentence. */
export type DocumentReading =
  | { readonly kind: 'document'; readonly document: ConfigDocument }
  | { readonly kind: 'refused'; readonly why: string };

/** The member of this name. */
export function memberOf(map: MapNode, key: string): Member | undefined {
  return map.members.find((member) => member.key === key);
}

/** The text of a member that is one. */
export function textOf(map: MapNode, key: string): string | undefined {
  const value = memberOf(map, key)?.value;
  return value?.kind === 'scalar' ? value.text : undefined;
}

/** The words of a list; undefined for what is no list, and in place of what is no text. */
export function wordsOf(node: Node | undefined): (string | undefined)[] | undefined {
  if (node?.kind !== 'list' || node.style === 'tables') return undefined;
  return node.items.map((item) => (item.kind === 'scalar' ? item.text : undefined));
}

/** `line 3`, for a place in the text. */
export function lineAt(text: string, offset: number): string {
  return `line ${text.slice(0, offset).split('\n').length}`;
}

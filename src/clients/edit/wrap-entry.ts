import type { ConfigDocument, ScalarNode } from '../formats/tree.js';
import type { EntryTarget, ListTarget, WordTarget } from './entry-target.js';
import { optionWords } from './guard-words.js';
import { dropItems, prependItems, type SpliceResult } from './list-head.js';
import { insertBefore, literalOf, removeMember } from './member-edit.js';
import type { Splice } from './splice.js';

/** The changes of one entry and the words that it starts with them, or why it stays as it is. */
export type EntryEdit =
  | {
      readonly kind: 'edit';
      readonly splices: readonly Splice[];
      readonly words: readonly (string | undefined)[];
      /** Whether the words stand in a list of arguments of their own afterwards. */
      readonly hasArgs: boolean;
    }
  | { readonly kind: 'refused'; readonly why: string };

/** Puts guard in front of an entry's command. `program` are the words that start guard. */
export function wrapEntry(
  document: ConfigDocument,
  target: WordTarget | ListTarget,
  program: readonly string[],
  server: string,
): EntryEdit {
  const hadNoArguments = target.kind === 'words' && target.args === undefined;
  const inFront = [...program, ...optionWords(server, hadNoArguments)];
  const words = [...inFront, ...target.words];
  if (target.kind === 'list') {
    const head = prependItems(document, target.command.value, inFront.map(literalOf));
    return edit([head], words, false);
  }
  const { command, args, holder } = target;
  const [guard = 'guard', ...rest] = inFront;
  const raw = rawForList(command.value, args === undefined ? 'flow' : args.value.style);
  if (raw === undefined) {
    return {
      kind: 'refused',
      why: 'its command spans lines or holds marks of a list: write it in double quotes',
    };
  }
  const literals = [...rest.map(literalOf), raw];
  const list =
    args === undefined
      ? insertBefore(document, holder, command, 'args', `[${literals.join(', ')}]`)
      : prependItems(document, args.value, literals);
  return edit([replace(command.value, literalOf(guard)), list], words, true);
}

/** Takes guard away from in front of an entry's command: what stood there before stands there again. */
export function unwrapEntry(document: ConfigDocument, target: EntryTarget): EntryEdit {
  const { call } = target;
  if (call?.commandAt === undefined || (target.kind !== 'words' && target.kind !== 'list')) {
    return { kind: 'refused', why: 'it starts no command through guard' };
  }
  const { commandAt } = call;
  const words = target.words.slice(commandAt);
  if (target.kind === 'list') {
    return edit([dropItems(document, target.command.value, commandAt)], words, false);
  }
  const { args, command, holder } = target;
  const old = args?.value.items[commandAt - 1];
  if (args === undefined || old?.kind !== 'scalar') {
    return { kind: 'refused', why: 'its old command is no text' };
  }
  const isLast = args.value.items.length === commandAt;
  const removesList = isLast && call.hadNoArguments;
  const list: SpliceResult = removesList
    ? removeMember(document, holder, args)
    : dropItems(document, args.value, commandAt);
  return edit([replace(command.value, old.raw), list], words, !removesList);
}

function edit(
  results: readonly SpliceResult[],
  words: readonly (string | undefined)[],
  hasArgs: boolean,
): EntryEdit {
  const splices: Splice[] = [];
  for (const result of results) {
    if (result.kind === 'refused') return result;
    splices.push(result.splice);
  }
  return { kind: 'edit', splices, words, hasArgs };
}

function replace(value: ScalarNode, text: string): SpliceResult {
  return { kind: 'splice', splice: { range: value.range, text } };
}

function rawForList({ copies, raw }: ScalarNode, style: 'flow' | 'block' | 'tables'): string | undefined {
  return copies === 'anywhere' || (copies === 'block' && style === 'block') ? raw : undefined;
}

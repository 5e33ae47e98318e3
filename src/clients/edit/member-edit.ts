import type { ConfigDocument, MapNode, Member } from '../formats/tree.js';
import type { SpliceResult } from './list-head.js';
import { lineEnding, linePrefix } from './splice.js';

/** A text as a literal that means the same in all three languages, wherever a value may stand. */
export function literalOf(text: string): string {
  // TOML takes JSON's escapes but no lone surrogates, which no argument of a program can hold anyway; and no raw DEL.
  return JSON.stringify(text).replaceAll('\u007F', String.raw`\u007F`);
}

/**
 * Puts a new member in front of another one of the same map, laid out as that one is.
 * `prefix` in dotted keys of TOML is copied.
 */
export function insertBefore(
  { text, syntax }: ConfigDocument,
  holder: MapNode,
  member: Member,
  key: string,
  literal: string,
): SpliceResult {
  const at = member.start;
  const prefix = linePrefix(text, at);
  const ending = lineEnding(text, at);
  const pair = pairText(syntax, `${member.prefix}${syntax === 'json' ? JSON.stringify(key) : key}`, literal);
  if (holder.style === 'flow') {
    const startsLine = /^[ \t]*$/.test(prefix) && prefix.length < at;
    const between = startsLine ? ending + prefix : ' ';
    return { kind: 'splice', splice: { range: [at, at], text: `${pair},${between}` } };
  }
  if (!/^[ \t]*(?:-[ \t]+)*$/.test(prefix)) {
    return { kind: 'refused', why: 'its command does not stand on a line of its own' };
  }
  const indent = prefix.replaceAll('-', ' ');
  return { kind: 'splice', splice: { range: [at, at], text: `${pair}${ending}${indent}` } };
}

/** Takes away a member that `insertBefore` put in, or one that a person moved since. */
export function removeMember({ text }: ConfigDocument, holder: MapNode, member: Member): SpliceResult {
  const end = member.value.range?.[1];
  if (end === undefined) return { kind: 'refused', why: `its ${member.key} are a table` };
  const later = holder.members.filter(({ start }) => start > member.start);
  const next = later.toSorted((one, other) => one.start - other.start)[0];
  if (next !== undefined && /^[\s,]*$/.test(text.slice(end, next.start))) {
    return { kind: 'splice', splice: { range: [member.start, next.start], text: '' } };
  }
  const before = holder.members.filter(({ start }) => start < member.start);
  const previous = before.toSorted((one, other) => other.start - one.start)[0]?.value.range?.[1];
  if (previous !== undefined && /^[\s,]*$/.test(text.slice(previous, member.start))) {
    return { kind: 'splice', splice: { range: [previous, end], text: '' } };
  }
  return { kind: 'refused', why: `its ${member.key} stand between comments` };
}

function pairText(syntax: ConfigDocument['syntax'], key: string, literal: string): string {
  return syntax === 'toml' ? `${key} = ${literal}` : `${key}: ${literal}`;
}

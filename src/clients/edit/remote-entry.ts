import { textDigest } from '../../platform/text-digest.js';
import type { EntryShape } from '../table/client.js';
import { type ConfigDocument, type MapNode, memberOf, type Node } from '../formats/tree.js';
import type { EntryNote } from './file-plan.js';
import { literalOf } from './member-edit.js';
import { linePrefix, type Splice } from './splice.js';

type RemoteNote = NonNullable<EntryNote['remote']>;

export type RemoteEdit =
  | { readonly kind: 'edit'; readonly splice: Splice; readonly note: RemoteNote }
  | { readonly kind: 'refused'; readonly why: string };

/** A header's name, by RFC 9110, section 5.1. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** Members by which a client signs in, or that mean something for remote servers only. */
const SIGN_IN: ReadonlySet<string> = new Set(['oauth', 'auth', 'bearer_token_env_var']);

/**
 * Rewrites a remote entry to one that starts `guard --url`. The values of headers go into the
 * environment of the entry, as they stand, so that none is seen in the list of processes and the
 * client still puts variables in. The note holds what stood there, since fields go away.
 */
export function bridgeEntry(
  { text, syntax }: ConfigDocument,
  entry: MapNode,
  address: string,
  shape: EntryShape,
  program: readonly string[],
  server: string,
): RemoteEdit {
  const refusal = refusalOf(entry, address, shape);
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  if (syntax !== 'json' || entry.range === undefined) {
    return { kind: 'refused', why: 'remote entries are rewritten in JSON files only' };
  }
  const headers = headersOf(entry, shape);
  if (headers === undefined) return { kind: 'refused', why: 'its headers are no map of names and texts' };
  const variables = headers.map(({ raw }, index) => ({ name: `GUARD_HEADER_${index + 1}`, raw }));
  const options = headers.flatMap(({ name }, index) => ['--header-env', `${name}=GUARD_HEADER_${index + 1}`]);
  const words = [...program, '--server', server, '--url', address, ...options].map(literalOf);
  const gone = new Set([...shape.url, shape.headers, 'type']);
  const kept = entry.members.filter(({ key }) => !gone.has(key));
  const members = [
    ...(memberOf(entry, 'type') === undefined ? [] : [`"type": ${literalOf(shape.stdioType ?? 'stdio')}`]),
    ...(shape.isCommandList === true
      ? [`${literalOf(shape.command)}: [${words.join(', ')}]`]
      : [`${literalOf(shape.command)}: ${words[0] ?? ''}`, `"args": [${words.slice(1).join(', ')}]`]),
    ...(variables.length === 0
      ? []
      : [`${literalOf(shape.env)}: { ${variables.map(({ name, raw }) => `"${name}": ${raw}`).join(', ')} }`]),
    ...kept.map(({ key, value }) => `${literalOf(key)}: ${rawOf(text, value)}`),
  ];
  const before = text.slice(...entry.range);
  const written = laidOut(text, entry, members);
  return {
    kind: 'edit',
    splice: { range: entry.range, text: written },
    note: { before, written: textDigest(written) },
  };
}

/** Puts a remote entry back; undefined where its text is not the one that was written. */
export function unbridgeEntry(
  { text }: ConfigDocument,
  { range }: MapNode,
  { before, written }: RemoteNote,
): Splice | undefined {
  if (range === undefined || textDigest(text.slice(...range)) !== written) return undefined;
  return { range, text: before };
}

function refusalOf(entry: MapNode, address: string, { env }: EntryShape): string | undefined {
  if (/^(?:unix|pipe|wss?|file):/i.test(address)) return 'its address is no http or https address';
  if (/[?#]|:\/\/[^/]*@/.test(address)) {
    return 'its address holds a query, a fragment or a password, which would be seen in the list of processes';
  }
  const type = memberOf(entry, 'type')?.value;
  if (type?.kind === 'scalar' && /^(?:ws|websocket)$/i.test(type.text ?? '')) {
    return 'guard does not speak MCP over WebSockets';
  }
  if (entry.members.some(({ key }) => SIGN_IN.has(key)))
    return 'the client signs in to it, which guard cannot';
  if (memberOf(entry, env) !== undefined) return `it has ${env}, which a remote server does not use`;
  return memberOf(entry, 'transport') === undefined ? undefined : 'its address stands inside transport';
}

function headersOf(
  entry: MapNode,
  { headers }: EntryShape,
): { readonly name: string; readonly raw: string }[] | undefined {
  const value = memberOf(entry, headers)?.value;
  if (value === undefined) return [];
  if (value.kind !== 'map') return undefined;
  const found = value.members.map(({ key, value: text }) => ({
    name: key,
    raw: text.kind === 'scalar' && text.text !== undefined ? text.raw : undefined,
  }));
  return found.every(
    (one): one is { name: string; raw: string } => one.raw !== undefined && HEADER_NAME.test(one.name),
  )
    ? found
    : undefined;
}

function rawOf(text: string, { range }: Node): string {
  return range === undefined ? 'null' : text.slice(...range);
}

/** On lines of their own where the entry's members stand so. */
function laidOut(text: string, { members: old, range }: MapNode, members: readonly string[]): string {
  const first = old[0]?.start ?? 0;
  const prefix = linePrefix(text, first);
  const end = (range?.[1] ?? 1) - 1;
  const closing = linePrefix(text, end);
  if (!/^[ \t]*$/.test(prefix) || !/^[ \t]*$/.test(closing)) return `{ ${members.join(', ')} }`;
  const ending = text.slice(0, first).endsWith(`\r\n${prefix}`) ? '\r\n' : '\n';
  return `{${members.map((member) => ending + prefix + member).join(',')}${ending}${closing}}`;
}

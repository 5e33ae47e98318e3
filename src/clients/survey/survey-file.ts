import { targetOf, type EntryTarget } from '../edit/entry-target.js';
import { type EntryNote, pathKey } from '../edit/file-plan.js';
import { entryDigest, openFile } from '../edit/plan-edits.js';
import { readGuardCall } from '../edit/guard-words.js';
import { memberOf, type MapNode, type Node } from '../formats/tree.js';
import type { FoundFile } from '../files/find-files.js';

/** One server of one client, as its file says. */
export interface SurveyedServer {
  /** Ids of the clients that read it. */
  readonly clients: readonly string[];
  readonly scope: string;
  readonly file: string;
  readonly name: string;
  /**
   * `guarded`: started through guard. `open`: reached without it. `own`: what the client brings itself,
   * or only switches, where guard has no place.
   */
  readonly state: 'guarded' | 'open' | 'own';
  readonly isRemote: boolean;
  /** Others keep the file. */
  readonly managed: boolean;
  /** The name in rules and records, where it is guarded and the name is given. */
  readonly server: string | undefined;
  /** The config file that its guard is told to use. */
  readonly config: string | undefined;
  /** All words of its command, where it has one. */
  readonly words: readonly (string | undefined)[];
  /** Words that start guard itself, among them. */
  readonly programWords: number;
  /** Whether it is as `guard install` left it; `unknown` where nothing is remembered. */
  readonly noted: 'same' | 'changed' | 'lost' | 'unknown';
  /** Settings by which the client asks nobody before it calls. */
  readonly autoApproves: readonly string[];
  /** Values of its environment and headers that stand there in plain text. */
  readonly plainSecrets: number;
  /** Names of the environment that it gets from its entry. */
  readonly env: Readonly<Record<string, string>>;
  readonly why: string | undefined;
}

/** The servers of a file; undefined where the file cannot be understood, and why. */
export function surveyFile(
  found: FoundFile,
  notes: readonly EntryNote[],
): { readonly servers: readonly SurveyedServer[] } | { readonly why: string } {
  const { reading, kind, readers, managed, path } = found;
  if (reading.kind === 'refused') return { why: reading.why };
  const opened = openFile(reading.file.bytes, kind);
  if (opened.kind === 'refused') return { why: opened.why };
  const noteOf = new Map(notes.map((note) => [pathKey(note.path), note]));
  const clients = [...new Set(readers.map(({ client }) => client.id))];
  const scope = readers[0]?.place.scope ?? '';
  return {
    servers: opened.entries.map((entry) => {
      const target = targetOf(entry.node, kind.client.shape);
      const note = noteOf.get(pathKey(entry.path));
      const holder = 'holder' in target ? target.holder : entry.node;
      return {
        clients,
        scope: entry.path[0] === 'projects' && entry.path[1] !== undefined ? `local ${entry.path[1]}` : scope,
        file: path,
        name: entry.name,
        state: target.call !== undefined ? 'guarded' : target.kind === 'nothing' ? 'own' : 'open',
        isRemote: target.kind === 'remote',
        managed,
        server: target.call?.options.get('--server'),
        config: target.call?.options.get('--config'),
        words: wordsIn(target),
        programWords: readGuardCall(wordsIn(target))?.programWords ?? 0,
        noted: notedAs(note, entry.node, target),
        autoApproves: autoApproves(entry.node),
        plainSecrets: plainSecrets(holder, kind.client.shape.env, kind.client.shape.headers),
        env: textsOf(memberOf(holder, kind.client.shape.env)?.value),
        why: 'why' in target ? target.why : undefined,
      };
    }),
  };
}

function wordsIn(target: EntryTarget): readonly (string | undefined)[] {
  return target.kind === 'words' || target.kind === 'list' ? target.words : [];
}

function notedAs(note: EntryNote | undefined, node: MapNode, { call }: EntryTarget): SurveyedServer['noted'] {
  if (note === undefined) return 'unknown';
  if (call === undefined) return 'lost';
  return entryDigest(node) === note.digest ? 'same' : 'changed';
}

function autoApproves(node: MapNode): string[] {
  const lists = ['autoApprove', 'alwaysAllow'].filter((key) => {
    const value = memberOf(node, key)?.value;
    return value?.kind === 'list' && value.items.length > 0;
  });
  const switches = ['trust', 'sandboxEnabled'].filter((key) => rawOf(node, key) === 'true');
  const mode = memberOf(node, 'default_tools_approval_mode')?.value;
  const approves = mode?.kind === 'scalar' && mode.text === 'approve' ? ['default_tools_approval_mode'] : [];
  return [...lists, ...switches, ...approves];
}

function rawOf(node: MapNode, key: string): string | undefined {
  const value = memberOf(node, key)?.value;
  return value?.kind === 'scalar' ? value.raw : undefined;
}

/** Values that a client would not put in itself: no variable in them, and a name that says secret, or a header. */
function plainSecrets(holder: MapNode, env: string, headers: string): number {
  const named = Object.entries(textsOf(memberOf(holder, env)?.value)).filter(
    ([name, text]) => /token|secret|passw|key|auth|credential|GUARD_HEADER/i.test(name) && isPlain(text),
  );
  const sent = Object.values(textsOf(memberOf(holder, headers)?.value)).filter(isPlain);
  return named.length + sent.length;
}

function textsOf(node: Node | undefined): Record<string, string> {
  if (node?.kind !== 'map') return {};
  return Object.fromEntries(
    node.members.flatMap(({ key, value }) =>
      value.kind === 'scalar' && value.text !== undefined ? [[key, value.text]] : [],
    ),
  );
}

function isPlain(text: string): boolean {
  return text !== '' && !/[$%]|\{\w+:/.test(text);
}

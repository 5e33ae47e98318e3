import type { ApprovalRequest } from './request.js';
import { WARNINGS_MAX } from '../platform/bounds.js';
import { isJsonObject, type JsonValue } from '../platform/json.js';
import { deceptiveUrls } from '../platform/deceptive-url.js';
import { hiddenIn, revealed, revealedJson } from '../platform/hidden-characters.js';

/** A request as a person reads it, wherever it came from. */
export type ReadRequest = Omit<ApprovalRequest, 'v' | 'owner' | 'undelivered'>;

const URL_CHARS_SHOWN = 200;

/** What a person should know before reading, most telling first; printable. */
export function warningsOf(request: ReadRequest): string[] {
  const found: string[] = [];
  if (!request.arguments_complete) {
    found.push(
      `the arguments (${request.arg_size} bytes) are too large to be shown whole: the call can only be denied`,
    );
  }
  if (request.destructive) found.push('the tool may destroy or overwrite things');
  if (request.standing === 'drifted')
    found.push('the definition of the tool changed since it was first seen');
  if (request.standing === 'unlisted') found.push('the server does not list this tool');
  for (const [name, text] of namesOf(request)) found.push(...textWarnings(name, text));
  for (const { path, text } of textsOf(request.arguments)) {
    found.push(...textWarnings(path, text));
    if (found.length > WARNINGS_MAX) return [...found.slice(0, WARNINGS_MAX), 'and more of this kind'];
  }
  return found;
}

/** A mark for the list: how careful to be with a request. */
export function riskMark(request: ReadRequest): '!!' | '!' | '' {
  if (request.destructive || request.standing === 'drifted' || !request.arguments_complete) return '!!';
  return warningsOf(request).length > 0 ? '!' : '';
}

function textWarnings(where: string, text: string): string[] {
  return [
    ...hiddenIn(text).map((kind) => `${where}: ${kind}`),
    ...deceptiveUrls(text).map(({ url, why }) => {
      const shown = url.length > URL_CHARS_SHOWN ? `${url.slice(0, URL_CHARS_SHOWN)}…` : url;
      return `${where}: ${revealed(shown)}: ${revealed(why)}`;
    }),
  ];
}

function namesOf(request: ReadRequest): (readonly [string, string])[] {
  const names: (readonly [string, string | null])[] = [
    ['name of the server', request.server],
    ['name of the tool', request.tool],
    ['target', request.target],
    ['name of the agent', request.agent],
    ['name of the client', request.client],
    ['session', request.session],
    ['folder', request.project],
  ];
  return names.filter((pair): pair is readonly [string, string] => pair[1] !== null);
}

/** Every text in the arguments with its path: values, and the names of members that are not plain. */
function* textsOf(value: JsonValue): Generator<{ readonly path: string; readonly text: string }> {
  const open: (readonly [string, JsonValue])[] = [['$', value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, inner] = next;
    if (typeof inner === 'string') yield { path, text: inner };
    if (Array.isArray(inner)) {
      for (let index = inner.length - 1; index >= 0; index -= 1) {
        open.push([`${path}[${index}]`, inner[index] as JsonValue]);
      }
    }
    if (!isJsonObject(inner)) continue;
    for (const key of Object.keys(inner).toReversed()) {
      const isPlain = /^\w+$/.test(key);
      const child = isPlain ? `${path}.${key}` : `${path}["${revealedJson(key)}"]`;
      if (!isPlain) yield { path: `a name in ${path}`, text: key };
      open.push([child, inner[key] as JsonValue]);
    }
  }
}

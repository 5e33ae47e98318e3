import type { JsonObject } from '../../../src/platform/json.js';
import type { Model } from './models.js';
import { readAll } from './reader.js';
import { canonical, type KeyRule, memberOf, type Reading, readingOf } from './reading.js';

/** A call that policy has to judge, as somebody understood it. */
export interface Judged {
  readonly method: string;
  /** The tool, prompt or resource that it names. */
  readonly target: string | undefined;
  readonly input: JsonObject;
}

/** What every revision of the protocol lets pass unjudged. */
const UNGOVERNED = new Set([
  'initialize',
  'server/discover',
  'ping',
  'logging/setlevel',
  'logging/setLevel',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/unsubscribe',
]);
const EMPTY: Reading = { kind: 'object', entries: [] };

/** The calls that a server of this kind would run for these bytes, each as one text. */
export function seenBy(model: Model, bytes: Buffer): string[] {
  const calls: string[] = [];
  for (const line of model.lines(bytes)) {
    if (line === '') continue;
    for (const reading of readAll(line, model.reader)) collect(reading, model, calls);
  }
  return calls;
}

/** The same text for a call that guard judged, as a server of this kind would name it. */
export function judgedFor(model: Model, { method, target, input }: Judged): string {
  return callText(model.methodOf(method), target, canonical(readingOf(input), model.keys, true));
}

function collect(reading: Reading, model: Model, calls: string[]): void {
  if (reading.kind === 'array') {
    for (const item of reading.items) collect(item, model, calls);
    return;
  }
  const given = coerced(memberOf(reading, 'method', model.keys));
  if (given === undefined) return;
  const method = model.methodOf(given);
  const notified = method.startsWith('notifications/') && memberOf(reading, 'id', model.keys) === undefined;
  if (UNGOVERNED.has(method) || notified) return;
  const params = memberOf(reading, 'params', model.keys) ?? EMPTY;
  const { target, input } = subjectOf(method, params, model.keys);
  calls.push(callText(method, target, canonical(input, model.keys, false)));
}

function subjectOf(
  method: string,
  params: Reading,
  rule: KeyRule,
): { target: string | undefined; input: Reading } {
  const at = (key: string): Reading | undefined => memberOf(params, key, rule);
  switch (method) {
    case 'tools/call':
    case 'prompts/get': {
      const given = at('arguments');
      const absent = given === undefined || (given.kind === 'literal' && given.value === null);
      return { target: coerced(at('name')), input: absent ? EMPTY : given };
    }
    case 'resources/read':
    case 'resources/subscribe':
      return { target: coerced(at('uri')), input: params };
    case 'completion/complete': {
      const reference = at('ref');
      const [name, uri] = [memberOf(reference, 'name', rule), memberOf(reference, 'uri', rule)];
      return { target: coerced(name) ?? coerced(uri), input: params };
    }
    default:
      return { target: undefined, input: params };
  }
}

/** `handlers[name]` turns a list of one name into that name. */
function coerced(reading: Reading | undefined): string | undefined {
  if (reading?.kind === 'text') return reading.text;
  if (reading?.kind === 'number') return String(reading.value);
  if (reading?.kind !== 'array') return undefined;
  return reading.items.map((item) => coerced(item) ?? '').join(',');
}

function callText(method: string, target: string | undefined, input: string): string {
  return `${method} ${JSON.stringify(target ?? null)} ${input}`;
}

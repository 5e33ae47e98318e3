import {
  LEARN_DEPTH_MAX,
  LEARN_HOSTS_MAX,
  LEARN_PATHS_MAX,
  LEARN_VALUE_CHARS_MAX,
  LEARN_VALUES_MAX,
} from '../platform/bounds.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json.js';
import { argumentPathText } from '../platform/argument-path.js';
import { hostOf } from '../policy/host.js';
import { holdsRedaction } from './log-gaps.js';

/** What all values at one place of a tool's arguments have in common. Bounded, however many there are. */
export interface ArgumentFacts {
  /** Calls in which the argument is there. */
  readonly seen: number;
  /** The only kind that its values have; undefined where they differ, are no plain values, or were redacted. */
  readonly kind: 'number' | 'string' | 'boolean' | undefined;
  /** Of numbers. */
  readonly least: number;
  readonly most: number;
  /** The different texts or truth values; undefined where there are too many, or long ones. */
  readonly values: ReadonlySet<string> | undefined;
  /** The hosts, where all texts are web addresses. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** The names of the folder that all texts lie in, where all are absolute paths. */
  readonly folder: readonly string[] | undefined;
}

/** What is watched of the arguments of one tool. */
export interface ArgumentWatch {
  add(input: JsonObject): void;
  /** By argument path; undefined where there were more of them than can be watched. */
  facts(): ReadonlyMap<string, ArgumentFacts> | undefined;
}

type Open = { -readonly [Key in keyof ArgumentFacts]: ArgumentFacts[Key] };

/** Watches nothing yet. */
export function createArgumentWatch(): ArgumentWatch {
  const facts = new Map<string, Open>();
  let isLost = false;
  const visit = (object: JsonObject, keys: readonly string[]): void => {
    for (const [key, value] of Object.entries(object)) {
      // A key that redaction changed may have been any.
      if (holdsRedaction(key)) isLost = true;
      const place = [...keys, key];
      const path = argumentPathText(place);
      const known = facts.get(path);
      if (known === undefined && facts.size >= LEARN_PATHS_MAX) isLost = true;
      if (isLost) return;
      facts.set(path, known === undefined ? first(value) : joined(known, first(value)));
      if (isJsonObject(value) && place.length < LEARN_DEPTH_MAX) visit(value, place);
    }
  };
  return {
    add(input) {
      if (isLost) return;
      visit(input, []);
      if (isLost) facts.clear();
    },
    facts: () => (isLost ? undefined : facts),
  };
}

function first(value: JsonValue): Open {
  const kind = kindOf(value);
  const text = kind === 'string' && typeof value === 'string' ? value : undefined;
  const number = kind === 'number' && typeof value === 'number' ? value : 0;
  const choice = typeof value === 'boolean' ? String(value) : text;
  return {
    seen: 1,
    kind,
    least: number,
    most: number,
    values: choice !== undefined && choice.length <= LEARN_VALUE_CHARS_MAX ? new Set([choice]) : undefined,
    hosts: text === undefined ? undefined : hostsOf(text),
    folder: text === undefined ? undefined : namesOf(text),
  };
}

function joined(known: Open, next: Open): Open {
  known.seen += 1;
  if (known.kind !== next.kind) known.kind = undefined;
  known.least = Math.min(known.least, next.least);
  known.most = Math.max(known.most, next.most);
  known.values = union(known.values, next.values, LEARN_VALUES_MAX);
  known.hosts = union(known.hosts, next.hosts, LEARN_HOSTS_MAX);
  known.folder = common(known.folder, next.folder);
  return known;
}

function kindOf(value: JsonValue): ArgumentFacts['kind'] {
  if (holdsRedaction(value)) return undefined;
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  // A number that was rounded when it was read is not the one that was sent.
  const isExact = typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return isExact ? 'number' : undefined;
}

function hostsOf(text: string): ReadonlySet<string> | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  const host = hostOf(text);
  return host === undefined || !/^[a-z0-9.-]{1,253}$/.test(host) ? undefined : new Set([host]);
}

/** The names of an absolute path that every reader takes for the same one. */
function namesOf(text: string): readonly string[] | undefined {
  if (!text.startsWith('/')) return undefined;
  const names = text.split('/').filter((name) => name !== '');
  return names.some((name) => name === '.' || name === '..' || /[\\%]/.test(name)) ? undefined : names;
}

function union(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
  max: number,
): ReadonlySet<string> | undefined {
  if (one === undefined || other === undefined) return undefined;
  const [only] = other;
  if (only !== undefined && one.has(only)) return one;
  return one.size + other.size > max ? undefined : new Set([...one, ...other]);
}

function common(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return undefined;
  const differs = one.findIndex((name, index) => other[index] !== name);
  return differs === -1 ? one : one.slice(0, differs);
}

import type { JsonValue } from '../platform/json.js';
import { isJsonObject } from '../platform/json.js';
import type { Environment } from '../platform/paths.js';
import type { ConfigPath } from './mistakes.js';

/** What config files took from the environment and must not leak. */
export interface Secrets {
  /** Variables that a server must not inherit. */
  readonly names: readonly string[];
  /** Texts that no record and no note may show; the longest first. */
  readonly values: readonly string[];
}

/** A value after interpolation. */
export interface Interpolated {
  readonly value: JsonValue;
  readonly secrets: Secrets;
  readonly problems: readonly {
    readonly path: ConfigPath;
    readonly message: string;
    readonly hint?: string;
  }[];
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const WELL_FORMED = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Variables that describe the machine and the person's account. They are never secrets, and taking
 * them from a server's environment would break it.
 */
const ACCOUNT_VARIABLES =
  /^(HOME|HOMEDRIVE|HOMEPATH|USER|USERNAME|USERPROFILE|LOGNAME|SHELL|PATH|PWD|TMPDIR|TMP|TEMP|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|HOSTNAME|COMPUTERNAME|APPDATA|LOCALAPPDATA|PROGRAMDATA|SYSTEMROOT|XDG_[A-Z_]+|NODE_ENV)$/i;

/** Shorter texts are no secrets: leaving them out of records would make the records unreadable. */
const SECRET_CHARS_LEAST = 4;

/**
 * Replaces `${VAR}` and `${VAR:-default}` in every string value; `$${` stands for a plain `${`.
 * An unset variable is a problem, an empty one is not: then the default counts, else the empty text.
 * With `env` undefined (project files) every reference is a problem: a repository that could read
 * the environment could pass it on in the texts that a model reads.
 */
export function interpolate(value: JsonValue, env: Environment | undefined): Interpolated {
  const names = new Set<string>();
  const values = new Set<string>();
  const problems: { path: ConfigPath; message: string; hint?: string }[] = [];

  const replace = (text: string, path: ConfigPath): string =>
    text.replace(REFERENCE, (whole: string, inner: string | undefined) => {
      if (inner === undefined) return '${';
      const parts = whole.endsWith('}') ? WELL_FORMED.exec(inner) : null;
      const variable = parts?.[1];
      if (variable === undefined) {
        problems.push({
          path,
          message: `expected \${VARIABLE} or \${VARIABLE:-default}, got ${whole}`,
          hint: 'write $${ for a plain ${',
        });
        return whole;
      }
      if (env === undefined) {
        problems.push({
          path,
          message: `\${${variable}} is not read in a project file`,
          hint: 'move it to your own config file, or write $${ for a plain ${',
        });
        return whole;
      }
      const found = variableValue(env, variable);
      const result = found === undefined || found === '' ? (parts?.[2] ?? found) : found;
      if (result === undefined) {
        problems.push({
          path,
          message: `environment variable ${variable} is not set`,
          hint: `set it, or write \${${variable}:-default}`,
        });
        return whole;
      }
      if (isSecret(variable, path)) {
        names.add(variable);
        if (found !== undefined && found.length >= SECRET_CHARS_LEAST) values.add(found);
      }
      return result;
    });

  const walk = (node: JsonValue, path: ConfigPath): JsonValue => {
    if (typeof node === 'string') return node.includes('${') ? replace(node, path) : node;
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (!isJsonObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };

  const replaced = walk(value, []);
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return { value: replaced, secrets: { names: [...names], values: longestFirst }, problems };
}

/**
 * The variables that a config text mentions anywhere and that are secrets by `isSecret`, found
 * without parsing it. Names in comments count too: a variable too many is withheld, never one too few.
 */
export function mentionedSecrets(text: string): string[] {
  const names: string[] = [];
  for (const line of text.split('\n')) {
    const path = /^["']?environment["']?\s*:/.test(line) ? ['environment'] : [];
    for (const [whole, inner] of line.matchAll(REFERENCE)) {
      const name = whole === '$${' ? undefined : WELL_FORMED.exec(inner ?? '')?.[1];
      if (name !== undefined && isSecret(name, path)) names.push(name);
    }
  }
  return names;
}

/** The secrets of several files as one. */
export function joinSecrets(all: readonly Secrets[]): Secrets {
  return {
    names: [...new Set(all.flatMap((secrets) => secrets.names))],
    values: [...new Set(all.flatMap((secrets) => secrets.values))].sort((a, b) => b.length - a.length),
  };
}

/** Whether the variable describes the machine or the person's account; such a one is no secret. */
export function isAccountVariable(name: string): boolean {
  return ACCOUNT_VARIABLES.test(name);
}

/** `environment` is a label that records show, so what it holds is no secret. */
function isSecret(variable: string, path: ConfigPath): boolean {
  return !isAccountVariable(variable) && path[0] !== 'environment';
}

function variableValue(env: Environment, variable: string): string | undefined {
  return Object.hasOwn(env, variable) ? env[variable] : undefined;
}

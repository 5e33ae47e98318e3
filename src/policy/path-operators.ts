import type { JsonValue } from '../platform/json.js';
import { hostOf } from './host.js';
import type { Judging } from './judging.js';
import { compileNames, judgeName } from './names.js';
import { type Operator, type OperatorName, wrongKind } from './operators.js';
import { type PathPart, compilePathGlob, judgePathGlob } from './path-glob.js';
import { isWithin, lexicalSegments, pathReadings, segmentsOf } from './path-text.js';
import type { PolicyPorts } from './ports.js';
import { type Truth, agreed, anyOf, unknown } from './truth.js';

/** A path inside one of the folders, symlinks resolved on both sides. Throws where a folder has no canonical form. */
export function pathWithin(folders: readonly string[], baseDir: string, ports: PolicyPorts): Operator {
  const canonical = folders.map((folder) => canonicalFolder(folder, baseDir, ports));
  return onPath('path_within', function judgeWithin(text, judging) {
    const path = judging.canonicalPath(text, baseDir);
    if (path === undefined) return unknown('path_within: the path has no canonical form');
    return canonical.some((folder) => isWithin(path, folder));
  });
}

/**
 * A path that matches one of the patterns, both as it is written and with symlinks resolved; where
 * the two differ it is unknown. Throws where a pattern is not one.
 */
export function pathMatching(patterns: readonly string[], baseDir: string, ports: PolicyPorts): Operator {
  const compiled = patterns.map((pattern) => compilePattern(pattern, baseDir, ports));
  const differ = ['path: the path as written and its canonical form differ'];
  return onPath('path', function judgePattern(text, judging) {
    const path = judging.canonicalPath(text, baseDir);
    if (path === undefined) return unknown('path: the path has no canonical form');
    const canonicalNames = segmentsOf(path);
    const writtenNames = lexicalSegments(text, baseDir);
    const canonical = anyOf(compiled.map((pattern) => judgePathGlob(pattern.canonical, canonicalNames)));
    if (writtenNames === undefined) return canonical;
    return agreed(
      [canonical, anyOf(compiled.map((one) => judgePathGlob(one.written, writtenNames)))],
      differ,
    );
  });
}

/** A URL whose host matches one of the globs, which are compared in lower case. */
export function hostMatching(patterns: readonly string[]): Operator {
  const hosts = compileNames(patterns.map((pattern) => pattern.toLowerCase()));
  return function judgeHost(value) {
    if (value === undefined) return unknown('host: the argument is absent');
    if (typeof value !== 'string') return wrongKind('host', 'a URL', value);
    const host = hostOf(value);
    return host === undefined
      ? unknown('host: not a URL with one clear host')
      : judgeName(hosts, host, 'host');
  };
}

interface PathPattern {
  readonly written: readonly PathPart[];
  readonly canonical: readonly PathPart[];
}

/**
 * Resolves what stands before the first wildcard, so that a pattern below a symlink (`/tmp` on
 * macOS) still matches canonical paths. A pattern that begins with `**` has nothing to resolve.
 */
function compilePattern(pattern: string, baseDir: string, ports: PolicyPorts): PathPattern {
  const texts = pattern.split('/');
  const wildAt = texts.findIndex((text) => /[*?[\]{}()\\]/.test(text));
  const fixed = texts.slice(0, wildAt === -1 ? texts.length : wildAt).join('/');
  const rest = wildAt === -1 ? '' : texts.slice(wildAt).join('/');
  const tail = rest === '' ? [] : compilePathGlob(rest);
  if (rest.startsWith('**') && fixed === '' && !pattern.startsWith('/'))
    return { written: tail, canonical: tail };
  const prefix = fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed;
  const canonical = segmentsOf(canonicalFolder(prefix, baseDir, ports)).map(exactName);
  const written = lexicalSegments(prefix, baseDir)?.map(exactName) ?? canonical;
  return { written: [...written, ...tail], canonical: [...canonical, ...tail] };
}

function exactName(name: string): PathPart {
  return { kind: 'name', exact: name, judge: (other) => other === name };
}

function canonicalFolder(folder: string, baseDir: string, ports: PolicyPorts): string {
  const canonical = folder === '' ? undefined : ports.canonicalPath(folder, baseDir);
  if (canonical === undefined) throw new Error('expected a path');
  return canonical;
}

/** Runs a test on each path that the value may mean; absent, and anything but a path, is unknown. */
function onPath(operator: OperatorName, test: (text: string, judging: Judging) => Truth): Operator {
  return function judgePath(value: JsonValue | undefined, judging) {
    if (value === undefined) return unknown(`${operator}: the argument is absent`);
    if (typeof value !== 'string') return wrongKind(operator, 'a path', value);
    const readings = pathReadings(value);
    if (readings === undefined) return unknown(`${operator}: not the URI of a local file`);
    return agreed(
      readings.map((text) => test(text, judging)),
      [`${operator}: the URI can be read as two paths`],
    );
  };
}

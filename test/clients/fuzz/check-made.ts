import { isDeepStrictEqual } from 'node:util';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { FileKind } from '../../../src/clients/edit/file-plan.js';
import { planInstall } from '../../../src/clients/edit/plan-install.js';
import { planUninstall } from '../../../src/clients/edit/plan-uninstall.js';
import { bytesOf } from '../../../src/clients/formats/read-document.js';
import type { MadeFile } from './model.js';

const CHOICE = { program: ['/opt/node', '/opt/g/bin/guard.js'], remote: false, timeouts: false };

/** What became of one file: wrapped and restored, refused, or something that must not be. */
export type Outcome =
  | { readonly kind: 'restored'; readonly wrapped: number; readonly refused: number }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'wrong'; readonly what: string };

/** Puts guard into a file and takes it out, with readers of other hands as judges of what it means. */
export function checkMade(made: MadeFile, file: FileKind): Outcome {
  const bytes = Buffer.from(`${made.hasBom ? '\uFEFF' : ''}${made.text}`);
  return checkBytes(bytes, file);
}

/** The same for any bytes, broken ones too. */
export function checkBytes(bytes: Buffer, file: FileKind): Outcome {
  const copy = Buffer.from(bytes);
  const planned = planInstall(bytes, file, CHOICE);
  if (!bytes.equals(copy)) return { kind: 'wrong', what: 'the bytes that were read changed' };
  if (planned.kind === 'refused') return { kind: 'refused', why: planned.why };
  const refused = planned.results.filter(({ outcome }) => outcome === 'refused').length;
  const { after, results } = planned;
  const wrapped = results.filter(({ outcome }) => outcome === 'changed');
  if (after === undefined) return { kind: 'restored', wrapped: 0, refused };
  let old: unknown;
  try {
    old = meaning(bytes, file);
  } catch (error) {
    return { kind: 'wrong', what: `another reader refuses what guard edited: ${String(error)}` };
  }
  const now = meaning(bytesOf(after), file);
  for (const { path, name } of wrapped) {
    const was = at(old, path);
    const is = at(now, path);
    const words = wordsOf(is);
    const end = words.indexOf('--') + 1;
    const expected = wordsOf(was);
    if (!isDeepStrictEqual(words.slice(end), expected))
      return { kind: 'wrong', what: `${name} starts ${JSON.stringify(words)}` };
    for (const entry of [was, is]) {
      delete entry['command'];
      delete entry['args'];
    }
  }
  if (!isDeepStrictEqual(old, now)) return { kind: 'wrong', what: 'another value changed' };
  const again = planInstall(bytesOf(after), file, CHOICE);
  if (again.kind === 'refused' || again.after !== undefined) return { kind: 'wrong', what: 'wrapped twice' };
  const back = planUninstall(bytesOf(after), file, []);
  if (back.kind === 'refused' || back.after === undefined)
    return { kind: 'wrong', what: 'cannot be taken out' };
  if (!bytesOf(back.after).equals(bytes)) return { kind: 'wrong', what: 'not restored to the byte' };
  return { kind: 'restored', wrapped: wrapped.length, refused };
}

type Values = Record<string, unknown>;

/** All words of an entry, whether its command is one of them or a list. */
function wordsOf({ command, args }: Values): unknown[] {
  return [command, args ?? []].flat();
}

function at(value: unknown, path: readonly string[]): Values {
  let found = value;
  for (const key of path) found = (found as Values | undefined)?.[key];
  return (found ?? {}) as Values;
}

function meaning(bytes: Buffer, { format }: FileKind): unknown {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (format === 'toml') return parseToml(text);
  if (format === 'yaml') return parseYaml(text);
  return JSON.parse(format === 'json' ? text : stripped(text)) as unknown;
}

/** JSON without comments and trailing commas, found by another way than a parser's. */
function stripped(text: string): string {
  const token = /"(?:[^"\\]|\\.)*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g;
  const bare = text.replaceAll(token, (found) => (found.startsWith('"') ? found : ' '));
  return bare.replaceAll(/"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g, (found) => (found === ',' ? '' : found));
}

import { isUtf8 } from 'node:buffer';

/** A golden transcript: what it shows, how guard is set up, and what then goes over the wires. */
export interface Transcript {
  /** Everything above the rule, kept as it is. */
  readonly head: string;
  readonly config: string | undefined;
  readonly options: readonly string[];
  /** The lines below the rule that a person wrote: inputs, comments and blank lines. */
  readonly script: readonly ScriptLine[];
}

type ScriptLine =
  | { readonly kind: 'text'; readonly text: string }
  /** The client or the server sends these bytes. */
  | { readonly kind: 'client' | 'server'; readonly text: string; readonly bytes: Buffer };

export const RULE = '-'.repeat(20);
const LF = Buffer.from('\n');

/** Reads a transcript; what is output there is left out, as the run makes it anew. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n');
  const rule = lines.indexOf(RULE);
  if (rule === -1) throw new Error(`expected a line of ${RULE.length} dashes between set-up and script`);
  const head = lines.slice(0, rule);
  const config = head.indexOf('config:');
  const options = head.find((line) => line.startsWith('options: '))?.slice('options: '.length);
  return {
    head: head.join('\n'),
    config: config === -1 ? undefined : head.slice(config + 1).join('\n'),
    options: options?.split(' ') ?? [],
    script: lines
      .slice(rule + 1)
      .filter((line) => !/^(C<|S>|D=|A=)/.test(line))
      .map(scriptLine),
  };
}

function scriptLine(line: string): ScriptLine {
  const input = /^(C>|S<) (.*)$/.exec(line);
  if (input === null) return { kind: 'text', text: line };
  const kind = input[1] === 'C>' ? 'client' : 'server';
  return { kind, text: line, bytes: Buffer.concat([bytesOf(input[2] ?? ''), LF]) };
}

/** Text where «0d» stands for bytes that would not survive an editor. */
function bytesOf(text: string): Buffer {
  const parts = text.split(/«([0-9a-f ]+)»/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.from(part.replaceAll(' ', ''), 'hex'))),
  );
}

/** The reverse: bytes as a line that an editor leaves alone. */
export function shown(bytes: Buffer): string {
  if (!isUtf8(bytes)) return `«${hex(bytes)}»`;
  return bytes
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}«»]+/gu, (text) => `«${hex(Buffer.from(text))}»`);
}

function hex(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

import { createHash } from 'node:crypto';
import type { Finding } from '../../../src/audit/verify/finding.js';
import type { SigningKey } from '../../../src/audit/signing-key.js';
import type { Random } from '../../support/random.js';
import { fileText, type MadeLine, type MadeLog, makeLog } from './make-log.js';

/** A changed log, and what must be found in it. */
interface Edit {
  readonly what: string;
  /** The bytes of each file. */
  readonly files: readonly Buffer[];
  /** Whether the heads that were kept elsewhere are needed to see it. */
  readonly needsAnchor: boolean;
  /** Whether a finding names the edit as what it is. */
  readonly isNamedBy: (finding: Finding, fileIndex: number) => boolean;
}

type MakeEdit = (random: Random, log: MadeLog, other: SigningKey) => Edit | undefined;

interface Target {
  readonly file: number;
  readonly index: number;
  readonly line: MadeLine;
}

const text = (log: MadeLog): Buffer[] => log.files.map((lines) => Buffer.from(fileText(lines)));
const without = (log: MadeLog, { file, index }: Target): MadeLine[][] =>
  log.files.map((lines, at) => (at === file ? lines.toSpliced(index, 1) : lines));
const written = (log: MadeLog, files: MadeLine[][]): Buffer[] => text({ ...log, files });
const isOf = (finding: Finding, { line }: Target): boolean =>
  finding.writer === line.writer && (finding.first ?? 0) <= line.seq && line.seq <= (finding.last ?? 0);

/** Lines that a checkpoint vouches for, with the last checkpoint of each writer or without. */
function covered(log: MadeLog, withLast: boolean): Target[] {
  const lines = log.files.flatMap((all, file) => all.map((line, index) => ({ file, index, line })));
  const vouched = new Map<string, number>();
  for (const { line } of lines) {
    if (line.text.includes('"type":"checkpoint"') && line.isTorn !== true) vouched.set(line.writer, line.seq);
  }
  return lines.filter(({ line }) => {
    const last = vouched.get(line.writer) ?? 0;
    return line.isTorn !== true && (withLast ? line.seq <= last : line.seq < last);
  });
}

/** Changes one byte of a line, or the line feed behind it; `at` says which, and `to` what it becomes. */
function changeByte(
  random: Random,
  log: MadeLog,
  at: (line: string) => number | undefined,
  to: (was: number) => number,
): Edit | undefined {
  const targets = covered(log, true);
  if (targets.length === 0) return undefined;
  const target = random.pick(targets);
  const offset = at(target.line.text);
  const files = text(log);
  // Each of the lines before is closed by now, also one that was torn.
  const before = (log.files[target.file] ?? []).slice(0, target.index);
  const start = before.reduce((sum, line) => sum + Buffer.byteLength(line.text) + 1, 0);
  const bytes = files[target.file];
  if (offset === undefined || bytes === undefined || start + offset >= bytes.length) return undefined;
  const was = bytes[start + offset] ?? 0;
  bytes[start + offset] = to(was);
  if (bytes[start + offset] === was) return undefined;
  return {
    what: `byte ${offset} of ${target.line.text.length} from ${was} to ${bytes[start + offset]}`,
    files,
    needsAnchor: false,
    isNamedBy: ({ kind, spot, last }, file) =>
      ((kind === 'changed' || kind === 'foreign') &&
        file === target.file &&
        spot?.line === target.index + 1) ||
      // A first record that names another writer is the first record of that one, and missed by its own.
      (target.line.seq === 1 && kind === 'missing' && last === 1),
  };
}

const flipByte: MakeEdit = (random, log) =>
  changeByte(
    random,
    log,
    // The line feed may be hit as well.
    (line) => random.below(line.length + 1),
    (was) => (was + 1 + random.below(255)) % 256,
  );

/** What a byte becomes that means something to a reader of lines, of UTF-8 or of JSON. */
const TELLING = Buffer.from('\n\0\r"{}\\,:10 a\xff\xc3', 'latin1');
/** Places of a line of which each is looked at in its own way. */
const PLACES = [
  /^/,
  /"type":"/,
  /"ts":"/,
  /"writer":"/,
  /"seq":/,
  /"prev":"/,
  /"count":/,
  /"closing":/,
  /"key":"/,
  /"signature":"/,
  /"first":/,
  /.{0,12}$/,
];

/** A byte of a place that matters, or near it, becomes one that does. */
const strikeByte: MakeEdit = (random, log) =>
  changeByte(
    random,
    log,
    (line) => {
      const found = random.pick(PLACES).exec(line);
      return found === null
        ? undefined
        : Math.min(line.length, found.index + random.below(found[0].length + 6));
    },
    () => random.pick([...TELLING]),
  );

const dropRecord: MakeEdit = (random, log) => {
  const targets = covered(log, false);
  if (targets.length === 0) return undefined;
  const target = random.pick(targets);
  return {
    what: `dropped ${target.line.seq} of ${target.line.writer}`,
    files: written(log, without(log, target)),
    needsAnchor: false,
    isNamedBy: (finding) => finding.kind === 'missing' && isOf(finding, target),
  };
};

const swapTwo: MakeEdit = (random, log) => {
  const targets = covered(log, true);
  if (targets.length === 0) return undefined;
  const one = random.pick(targets);
  const others = targets.filter(({ line }) => line.writer === one.line.writer && line !== one.line);
  if (others.length === 0) return undefined;
  const two = random.pick(others);
  const files = log.files.map((lines) => [...lines]);
  (files[one.file] as MadeLine[])[one.index] = two.line;
  (files[two.file] as MadeLine[])[two.index] = one.line;
  return {
    what: `swapped ${one.line.seq} and ${two.line.seq} of ${one.line.writer}`,
    files: written(log, files),
    needsAnchor: false,
    isNamedBy: (finding) => finding.kind === 'reordered' && (isOf(finding, one) || isOf(finding, two)),
  };
};

const cutTail: MakeEdit = (random, log) => {
  const files = text(log);
  const bytes = files.at(-1);
  const heads = (log.files.at(-1) ?? []).filter(({ text: line }) => log.heads.includes(line));
  if (bytes === undefined || heads.length === 0) return undefined;
  const first = heads.map(({ text: line }) => bytes.indexOf(line));
  // At least the last head is cut into or away.
  const most = Math.max(...first) + (heads.at(-1)?.text.length ?? 0) - 1;
  const to = random.below(most + 1);
  files[files.length - 1] = bytes.subarray(0, to);
  return { what: `cut at ${to}`, files, needsAnchor: true, isNamedBy: ({ kind }) => kind === 'cut-off' };
};

const replaceFile: MakeEdit = (random, log, other) => {
  const targets = covered(log, false);
  if (targets.length === 0) return undefined;
  const { file } = random.pick(targets);
  const files = text(log);
  const isOlder = random.below(2) === 0;
  const lines = log.files[file] ?? [];
  const firstCovered = targets.find((target) => target.file === file)?.index ?? 0;
  files[file] = isOlder
    ? Buffer.from(fileText(lines.slice(0, random.below(firstCovered + 1))))
    : Buffer.from(makeLog(random, other, { isRough: false }).files.map(fileText).join(''));
  return {
    what: isOlder ? 'replaced by an older state' : 'replaced by a log of another key',
    files,
    needsAnchor: true,
    isNamedBy: ({ kind }) => kind === 'missing' || kind === 'cut-off' || (!isOlder && kind === 'foreign'),
  };
};

const forgeWriter: MakeEdit = (random, log, other) => {
  const targets = covered(log, true);
  if (targets.length === 0) return undefined;
  const { line, file } = random.pick(targets);
  const files = log.files.map((lines) => [...lines]);
  const last = files.at(-1) ?? [];
  const forged = (writer: string, seq: number, prev: string): MadeLine => ({
    text: line.text
      .replace(
        /"writer":"[^"]*","seq":\d+,"prev":(null|"[0-9a-f]*")/,
        `"writer":"${writer}","seq":${seq},"prev":"${prev}"`,
      )
      .replace('"type":"checkpoint"', '"type":"outcome"'),
    writer,
    seq,
  });
  const closing = targets.filter((target) => target.line.text.includes('"closing":true'));
  const way = random.below(closing.length === 0 ? 3 : 4);
  if (way === 0) last.push(forged(line.writer, line.seq, 'ab'.repeat(32)));
  else if (way === 1) last.push(forged('ffff', 2 + random.below(9), 'ab'.repeat(32)));
  else if (way === 2) last.push(...makeLog(random, other, { isRough: false }).files.flat());
  else {
    const end = random.pick(closing).line;
    last.push(forged(end.writer, end.seq + 1, createHash('sha256').update(end.text).digest('hex')));
  }
  return {
    what:
      ['a number again', 'a writer without a start', 'a writer with another key', 'behind the end'][way] ??
      '',
    files: written(log, files),
    needsAnchor: false,
    isNamedBy: ({ kind }) => (way === 0 ? kind === 'duplicated' : kind === 'foreign') && file >= 0,
  };
};

/** The ways in which a log is changed, by name. */
export const EDITS: Readonly<Record<string, MakeEdit>> = {
  'a byte flipped': flipByte,
  'a byte struck': strikeByte,
  'a record dropped': dropRecord,
  'two records swapped': swapTwo,
  'the tail cut': cutTail,
  'a file replaced': replaceFile,
  'a writer forged': forgeWriter,
};

import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/audit/verify/finding.js';
import { randomFrom } from '../support/random.js';
import { verifies } from '../requirements.js';
import { fileText, makeKey, makeLog } from './tamper/make-log.js';
import { tamperTrials, verified } from './tamper/trials.js';

verifies('audit:verify:bytes');

const key = makeKey(1);
// One file, two writers that both end.
const log = makeLog(randomFrom(4), key, { isRough: false });
const lines = log.files.flat();
const whole = lines.map(({ text }) => `${text}\n`).join('');
/** A record in the middle, a checkpoint, and the last line, each from 0. */
const middle = lines.findIndex(({ seq, text }) => seq > 5 && text.includes('"type":"decision"'));
const checkpoint = lines.findIndex(({ text }) => text.includes('"type":"checkpoint"'));
const last = lines.length - 1;

/** The log with one line as `change` makes it. */
function withLine(index: number, change: (line: string) => string): string {
  return lines.map(({ text }, at) => `${at === index ? change(text) : text}\n`).join('');
}

async function findingsOf(content: string | Buffer): Promise<readonly Finding[]> {
  return (await verified([Buffer.from(content)], [], key)).findings;
}

/** The log with one byte of a line, the one behind this text, as another one. */
function struck(index: number, behind: string, to: number): Buffer {
  const bytes = Buffer.from(whole);
  const start = Buffer.byteLength(fileText(lines.slice(0, index)));
  const line = lines[index]?.text ?? '';
  expect(line).toContain(behind);
  const at = start + line.indexOf(behind) + behind.length;
  // The same hex digit would be no change.
  bytes[at] = bytes[at] === to ? to + 1 : to;
  return bytes;
}

test('the log is one that shows nothing', async () => {
  expect([middle, checkpoint, new Set(lines.map(({ writer }) => writer)).size]).not.toContain(-1);
  expect(new Set(lines.map(({ writer }) => writer)).size).toBeGreaterThan(1);
  expect(await findingsOf(whole)).toEqual([]);
});

describe('a byte that was changed is named with its line', () => {
  const LF = 0x0a;
  test.each([
    ['a byte became a line feed', middle, '"method":"tool', LF],
    ['a byte became a line feed in the number', middle, '"seq":', LF],
    ['a byte became a line feed in a last checkpoint', last, '"count":', LF],
    [
      'the brace at the end of a last checkpoint became a line feed',
      last,
      lines[last]?.text.slice(0, -1) ?? '',
      LF,
    ],
    ['the first byte became a line feed', middle, '', LF],
    ['a byte became a NUL', middle, '"method":"', 0],
    ['a byte became one that is no UTF-8', middle, '"method":"', 0xff],
    ['a byte of a link', middle, '"prev":"', 0x67],
    ['a digit of a link became another one', middle, '"prev":"', 0x30],
    ['the number', middle, '"seq":', 0x39],
    ['the number became one that JSON does not know', middle, '"seq":', 0x30],
    ['a byte of a signature', checkpoint, '"signature":"', 0x67],
    ['a byte of the last signature', last, '"signature":"', 0x30],
  ])('%s', async (_what, index, behind, to) => {
    const findings = await findingsOf(struck(index, behind, to));
    const named = findings.map(({ kind, spot, writer }) => ({ kind, line: spot?.line, writer }));
    expect(named).toContainEqual({ kind: 'changed', line: index + 1, writer: lines[index]?.writer });
  });

  test('a quote before the last signature: nothing behind it tells what the line was', async () => {
    const findings = await findingsOf(struck(last, '"signature":', 0x7b));
    expect(findings).toMatchObject([{ kind: 'foreign', spot: { line: last + 1 } }]);
  });

  test('a line feed became another byte', async () => {
    for (const to of [0x20, 0x00, 0x7d, 0x7b, 0x0d]) {
      const findings = await findingsOf(struck(middle, lines[middle]?.text ?? '', to));
      expect(findings.map(({ spot }) => spot?.line)).toContain(middle + 1);
    }
  });
});

describe('what was done to lines and files', () => {
  test.each<[what: string, kinds: Finding['kind'][], content: string]>([
    ['a line twice in a row', ['duplicated'], withLine(middle, (line) => `${line}\n${line}`)],
    ['a line again at the end', ['duplicated'], `${whole}${lines[middle]?.text}\n`],
    ['the file twice in a row', ['duplicated'], whole + whole],
    ['a byte order mark', ['foreign'], `\ufeff${whole}`],
    ['line ends of Windows', ['foreign', 'changed', 'missing'], whole.replaceAll('\n', '\r\n')],
    ['one line end of Windows', ['changed'], withLine(middle, (line) => `${line}\r`)],
    ['blanks behind a record', ['changed'], withLine(middle, (line) => `${line} `)],
    ['a line of another program', ['foreign'], withLine(middle, (line) => `${line}\nhello`)],
  ])('%s', async (_what, kinds, content) => {
    const findings = await findingsOf(content);
    expect(findings.length).toBeGreaterThan(0);
    for (const { kind } of findings) expect(kinds).toContain(kind);
  });

  test('what says nothing of the records raises no alarm', async () => {
    expect(await findingsOf(whole.slice(0, -1))).toEqual([]);
    expect(await findingsOf(withLine(middle, (line) => `${line}\n`))).toEqual([]);
  });

  test('lines of two writers in another order are in no chain', async () => {
    const at = lines.findIndex(({ writer }, index) => index > 0 && writer !== lines[index - 1]?.writer);
    const swapped = lines.map(({ text }) => text);
    [swapped[at - 1], swapped[at]] = [swapped[at] ?? '', swapped[at - 1] ?? ''];
    expect(await findingsOf(`${swapped.join('\n')}\n`)).toEqual([]);
  });
});

// `npm run tamper -- 1000 SEED` makes more of them.
test('bytes that matter, at places that matter', async () => {
  const { runs, troubles } = await tamperTrials(120, 40_001, ['a byte struck']);
  expect(troubles).toEqual([]);
  expect(runs).toBe(120);
});

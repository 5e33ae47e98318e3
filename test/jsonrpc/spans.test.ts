import { describe, expect, test } from 'vitest';
import { MessageScanner } from '../../src/jsonrpc/scan.js';
import { countNested, findNested, findRoot, readIdText } from '../../src/jsonrpc/spans.js';
import { ID_BYTES_MAX } from '../../src/platform/bounds.js';
import { inspectLine, rpc } from './inspect-line.js';

/** The id that a request with this raw id is known by, or the word `bad-id`. */
function idOf(raw: string): unknown {
  const found = inspectLine(rpc(`"id":${raw},"method":"ping"`));
  if (found.kind === 'refusal') return found.reason;
  return found.kind === 'request' ? found.id : found.kind;
}

describe('ids', () => {
  test.each<[string, unknown]>([
    ['1', 1],
    ['"1"', '1'],
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['""', ''],
    ['"a/b"', 'a/b'],
    [String.raw`"a\/b"`, 'a/b'],
    [String.raw`"\u0061"`, 'a'],
    [String.raw`"\ud800"`, '\ud800'],
    ['"1\u2028"', '1\u2028'],
    ['"__proto__"', '__proto__'],
    [`"${'i'.repeat(ID_BYTES_MAX)}"`, 'i'.repeat(ID_BYTES_MAX)],
    [`"${'é'.repeat(ID_BYTES_MAX / 2)}"`, 'é'.repeat(ID_BYTES_MAX / 2)],
    [`"${String.raw`\u0069`.repeat(ID_BYTES_MAX)}"`, 'i'.repeat(ID_BYTES_MAX)],
    [`"${'i'.repeat(ID_BYTES_MAX + 1)}"`, 'bad-id'],
    [`"${'é'.repeat(ID_BYTES_MAX / 2)}i"`, 'bad-id'],
    [`"${'i'.repeat(1024 * 1024)}"`, 'bad-id'],
    ['1.0', 'bad-id'],
    ['7.5', 'bad-id'],
    ['1e2', 'bad-id'],
    ['1E2', 'bad-id'],
    ['-0', 'bad-id'],
    ['1e400', 'bad-id'],
    ['9007199254740992', 'bad-id'],
    ['9007199254740993', 'bad-id'],
    ['1234567890123456789', 'bad-id'],
    ['123456789012345678901234567890', 'bad-id'],
    ['null', 'bad-id'],
    ['false', 'bad-id'],
    ['[]', 'bad-id'],
    ['{}', 'bad-id'],
  ])('%.40s is known as %.20j', (raw, expected) => {
    expect(idOf(raw)).toBe(expected);
  });
});

describe('members', () => {
  const bytes = Buffer.from('{"a":{"x":1,"xy":2,"x":3},"b":{"x":[4]},"ab":5}');
  const scanner = new MessageScanner();
  scanner.scan(bytes, 0, bytes.length);

  test.each([
    ['a', 0],
    ['b', 1],
    ['ab', 2],
    ['x', -1],
    ['', -1],
    ['A', -1],
  ])('the root member %j is number %d', (key, expected) => {
    expect(findRoot(scanner, bytes, key)).toBe(expected);
  });

  test.each([
    [0, 'x', '1', 2],
    [0, 'xy', '2', 1],
    [1, 'x', '[4]', 1],
    [1, 'xy', undefined, 0],
    [2, 'x', undefined, 0],
  ])('inside root member %d, %s is %s and stands %d times', (parent, key, expected, count) => {
    const span = findNested(scanner, bytes, parent, key);
    expect(span === null ? undefined : bytes.toString('utf8', span.valueStart, span.valueEnd)).toBe(expected);
    expect(countNested(scanner, bytes, parent, key)).toBe(count);
  });

  test('an id that is no string and no number is none', () => {
    expect(readIdText(bytes, scanner, 0)).toBeUndefined();
    expect(readIdText(bytes, scanner, 2)).toBe(5);
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { passphraseLine } from '../../src/commands/passphrase-line.js';

function typed(keys: string | Buffer): string {
  const step = passphraseLine(1024).push(Buffer.from(keys));
  return step.kind === 'done' ? `${step.text}|${step.rest.toString()}` : step.kind;
}

test.each([
  ['plain\r', 'plain|'],
  ['plain\n', 'plain|'],
  ['no end', 'open'],
  ['\r', '|'],
  ['one\rtwo\r', 'one|two\r'],
  ['abc\u007fd\r', 'abd|'],
  ['abc\bd\r', 'abd|'],
  ['\u007f\u007fa\r', 'a|'],
  ['aé\u007f\r', 'a|'],
  ['a😀\u007fb\r', 'ab|'],
  ['wrong\u0015right\r', 'right|'],
  ['ab\u0003c\r', 'cancelled'],
  ['\u0004', 'cancelled'],
  ['a\u0004b\r', 'ab|'],
  ['a\u001b[Ab\u001b[1;5Cc\u001bOPd\r', 'abcd|'],
  ['a\u001b[200~b c\u001b[201~\r', 'ab c|'],
  ['a\tb\u0000c\r', 'abc|'],
  ['pässwörd 😀\r', 'pässwörd 😀|'],
])('the keys %j are %j', (keys, expected) => {
  expect(typed(keys)).toBe(expected);
});

test('any chunking of the same keys is the same line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (text, size) => {
      const keys = Buffer.from(`a\u001b[1;5C${text.replaceAll(/[\r\n]/g, '')}\r`);
      const line = passphraseLine(1024);
      let last = '';
      for (let at = 0; at < keys.length && last === ''; at += size) {
        const step = line.push(keys.subarray(at, at + size));
        if (step.kind !== 'open') last = step.kind === 'done' ? step.text : step.kind;
      }
      const whole = passphraseLine(1024).push(keys);
      expect(last).toBe(whole.kind === 'done' ? whole.text : whole.kind);
    }),
  );
});

test('an endless line is bounded and still too long', () => {
  const line = passphraseLine(10);
  for (let count = 0; count < 100; count += 1) line.push(Buffer.from('x'.repeat(1000)));
  const step = line.push(Buffer.from('\r'));
  expect(step.kind === 'done' ? step.text.length : 0).toBe(41);
});

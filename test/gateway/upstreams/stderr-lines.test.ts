import { expect, test } from 'vitest';
import { stderrLines } from '../../../src/gateway/upstreams/stderr-lines.js';
import { verifies } from '../../requirements.js';

verifies('gateway:upstream:noise');

/** The lines that come out of these chunks. */
function lines(...chunks: (string | Buffer)[]): string[] {
  const taken: string[] = [];
  const take = stderrLines((line) => taken.push(line));
  for (const chunk of chunks) take(Buffer.from(chunk));
  return taken;
}

test('lines are whole, however they come, and empty ones are left out', () => {
  expect(lines('one\ntw', 'o\r\n\n', 'thr', 'ee\n')).toEqual(['one', 'two', 'three']);
});

test('what a terminal would act on is shown and not sent', () => {
  expect(lines('\u001b[31mred\u0007\n')).toEqual([String.raw`\u{001b}[31mred\u{0007}`]);
});

test('of a line without end only the beginning is kept', () => {
  const [line = '', next] = lines('x'.repeat(100_000), '\nnext\n');
  expect(line.length).toBeLessThan(300);
  expect(line).toContain('(a line of 100000 bytes)');
  expect(next).toBe('next');
});

import { expect, test } from 'vitest';
import { NOISE_NOTES_MAX } from '../../src/platform/bounds.js';
import { createDiagnostics } from '../../src/platform/diagnostics.js';

test('a note is one line with a prefix, whatever is in it', () => {
  const lines: string[] = [];
  const diagnostics = createDiagnostics((line) => void lines.push(line));
  diagnostics.note('hello');
  diagnostics.note('a\nguard: forged\u001b[2J');
  expect(lines).toEqual(['guard: hello\n', `guard: ${String.raw`a\nguard: forged\u{001b}[2J`}\n`]);
});

test('repeated notes are shown up to the bound, then counted, each kind by itself', () => {
  const lines: string[] = [];
  const diagnostics = createDiagnostics((line) => void lines.push(line));
  for (let index = 1; index <= NOISE_NOTES_MAX + 5; index++) diagnostics.repeated('noise', `n${index}`);
  diagnostics.repeated('other', 'once');
  expect(lines).toHaveLength(NOISE_NOTES_MAX + 1);
  expect(lines[0]).toBe('guard: n1\n');
  expect(lines[NOISE_NOTES_MAX - 1]).toBe(
    `guard: n${NOISE_NOTES_MAX} (further notes of this kind are only counted)\n`,
  );
  expect(lines.at(-1)).toBe('guard: once\n');
  expect([...diagnostics.suppressed()]).toEqual([['noise', 5]]);
});

import { expect, test } from 'vitest';
import { openProgress } from '../../src/commands/progress.js';
import { PROGRESS_MS } from '../../src/platform/bounds.js';

function drawn({ isTTY = true, enabled = true, totalBytes = 2e9 } = {}): string {
  let text = '';
  let nowMs = 0;
  const stderr = { isTTY, write: (piece: string) => ((text += piece), true) };
  const clock = { monotonicMs: () => nowMs };
  const progress = openProgress(stderr, { label: 'searching', totalBytes, enabled, clock });
  progress.at(1);
  for (const part of [0.5, 1]) {
    nowMs += PROGRESS_MS;
    progress.at(totalBytes * part);
    progress.at(totalBytes * part);
  }
  progress.hide();
  progress.hide();
  return text;
}

test('a bar on a terminal, not too often, and taken away in the end', () => {
  expect(drawn().split('\r').slice(1)).toEqual([
    'searching [############............]  50 % of 2.0 GB',
    'searching [########################] 100 % of 2.0 GB',
    '\u001b[K',
  ]);
});

test.each([{ isTTY: false }, { enabled: false }, { totalBytes: 0 }])('nothing with %j', (options) => {
  expect(drawn(options)).toBe('');
});

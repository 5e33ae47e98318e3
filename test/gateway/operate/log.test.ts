import { expect, test } from 'vitest';
import { createGatewayLog, type LogOptions } from '../../../src/gateway/operate/log.js';
import { LOG_VALUE_CHARS_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';

verifies('operate:log');

function logging(changes: Partial<LogOptions> = {}): {
  lines: string[];
  log: ReturnType<typeof createGatewayLog>;
} {
  const lines: string[] = [];
  const log = createGatewayLog({
    level: 'info',
    format: 'json',
    clock: { timestamp: () => '2026-11-22T08:00:00.000Z' },
    write: (line) => lines.push(line),
    ...changes,
  });
  return { lines, log };
}

test('a line of JSON', () => {
  const { lines, log } = logging();
  log.write('warn', 'refused', {
    request_id: 'r-1',
    status: 403,
    nothing: undefined,
    trouble: null,
    level: 'x',
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('\n')).toBe(true);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: '2026-11-22T08:00:00.000Z',
    message: 'refused',
    request_id: 'r-1',
    status: 403,
    trouble: null,
    _level: 'x',
  });
});

test('a line of text', () => {
  const { lines, log } = logging({ format: 'text' });
  log.write('warn', 'refused', { request_id: 'r-1', detail: 'two words', status: 403 });
  expect(lines).toEqual([
    '2026-11-22T08:00:00.000Z warn refused request_id=r-1 detail="two words" status=403\n',
  ]);
});

test.each(['text', 'json'] as const)(
  'nothing hostile stands in a line of %s, and it is one line',
  (format) => {
    const { lines, log } = logging({ format });
    log.write('error', 'bad\n\u001b[2Jthing', {
      name: 'a\u202eb\r\n{"level":"info"}',
      long: 'x'.repeat(100_000),
    });
    expect(lines).toHaveLength(1);
    const [line = ''] = lines;
    // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(line.length).toBeLessThan(2 * LOG_VALUE_CHARS_MAX);
  },
);

test('levels hold back what is less serious, and change while guard runs', () => {
  const { lines, log } = logging({ level: 'warn' });
  log.write('info', 'no');
  expect(log.isEnabled('info')).toBe(false);
  log.setLevel('debug');
  expect(log.isEnabled('debug')).toBe(true);
  log.write('debug', 'yes');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['yes']);
});

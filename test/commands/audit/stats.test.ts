import fs from 'node:fs';
import { expect, test } from 'vitest';
import { auditStatsCommand } from '../../../src/commands/audit/stats-options.js';
import { sparkline } from '../../../src/commands/audit/sparkline.js';
import { decisionFields, encoderOf, outcomeFields } from '../../audit/lines.js';
import { useLogFolder } from '../../audit/log-folder.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:stats');

const at = useLogFolder();

function stats(options: Record<string, unknown> = {}): Promise<Ran> {
  return runCommand(auditStatsCommand, at.folder, { options: { audit: at.log, ...options } });
}

/** Ten calls an hour apart, the last two denied, of two tools, each 1 ms slower than the one before. */
function writeLog(): void {
  const encoder = encoderOf();
  const lines: string[] = [];
  for (let index = 1; index <= 10; index += 1) {
    const ts = new Date(Date.UTC(2026, 0, 2, index)).toISOString();
    const tool = index % 5 === 0 ? 'rare' : 'read_file';
    const decision = index > 8 ? 'deny' : 'allow';
    lines.push(
      encoder.decision(ts, decisionFields(`${index}`, { tool, decision })),
      encoder.outcome(
        ts,
        outcomeFields(`${index}`, { tool, latency_ms: index, result: index > 8 ? 'denied' : 'ok' }),
      ),
    );
  }
  fs.writeFileSync(at.log, lines.join(''));
}

test('as JSON', async () => {
  writeLog();
  const { code, stdout } = await stats({ json: true });
  expect(code).toBe(0);
  const numbers = JSON.parse(stdout) as { by_hour: { calls: number }[]; latency: { p50: number } };
  expect(numbers).toMatchObject({
    from: '2026-01-02T01:00:00.000Z',
    to: '2026-01-02T10:00:00.000Z',
    calls: 10,
    denied: 2,
    failed: 0,
    decisions: { allow: 8, deny: 2 },
    results: { ok: 8, denied: 2 },
    latency: { max: 10 },
    by_server: [{ name: 'files', calls: 10 }],
    by_agent: [{ name: 'claude', calls: 10 }],
    by_tool: [
      { name: 'read_file', calls: 8, denied: 1 },
      { name: 'rare', calls: 2, denied: 1 },
    ],
    by_rule: [{ name: 'user/reads', calls: 10 }],
  });
  expect(numbers.latency.p50).toBeCloseTo(5, 0);
  expect(numbers.by_hour.map(({ calls }) => calls)).toEqual(Array.from({ length: 10 }, () => 1));
});

test('as text without a terminal: tables and charts of plain ASCII, no colors', async () => {
  writeLog();
  const { stdout } = await stats();
  expect(stdout).toMatch(/^10 calls, 2 denied, 0 failed, 2026-01-0/);
  expect(stdout).toContain('by tool\n');
  expect(stdout).toMatch(/ {2}read_file {2,}8 {2,}1 {2,}0 .* #{24}\n/);
  expect(stdout).toMatch(/ {2}allow {2}8 {2,}80\.0 % {2}#{19}\n/);
  expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
});

test('one table with --by, filtered like a search', async () => {
  writeLog();
  const { stdout } = await stats({ by: 'tool', decision: 'deny' });
  expect(stdout).toMatch(/by tool\n.*calls.*\n {2}rare .*\n {2}read_file .*\n$/);
  expect(stdout).not.toContain('by server');
  expect((await stats({ by: 'day', json: true })).stdout).toContain('"by_day":[{"name":"2026-01-0');
  expect((await stats({ tool: 'nothing' })).stdout).toBe('no calls\n');
  expect(await stats({ by: 'moon' })).toMatchObject({ code: 2, error: 'usage' });
});

test('a line of a series shows gaps, shares its places out evenly, and never more than there is room for', () => {
  const points = [
    { at: 0, count: 1 },
    { at: 2, count: 8 },
  ];
  expect(sparkline(points, { length: 3, chars: 10, isPlain: false })).toBe('▂ █');
  expect(sparkline(points, { length: 3, chars: 10, isPlain: true })).toBe(': @');
  const even = Array.from({ length: 136 }, (_none, at) => ({ at, count: 5 }));
  expect(sparkline(even, { length: 136, chars: 72, isPlain: true })).toBe('@'.repeat(68));
});

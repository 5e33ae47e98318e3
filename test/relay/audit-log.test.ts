import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listSegments } from '../../src/audit/segments.js';
import { useSandbox } from '../support/use-sandbox.js';

const open = useSandbox();

describe('the log, seen from outside', () => {
  test('a log that cannot be opened denies calls and lets the rest go on; it recovers without a restart', async () => {
    const sandbox = open("version: '1'\n");
    fs.mkdirSync(sandbox.audit, { recursive: true });
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    expect(await guard.ask(1, 'initialize')).toHaveProperty('result');
    const denied = await guard.call(2, 'echo');
    expect(denied).toMatchObject({
      result: {
        isError: true,
        _meta: { 'guard/denial': { reason: 'audit_unavailable', retry_allowed: true } },
      },
    });
    expect(guard.stderr).toContain('audit log');
    fs.rmdirSync(sandbox.audit);
    expect(await guard.call(3, 'echo')).not.toHaveProperty('result.isError');
    await guard.finish();
    expect(sandbox.receivedLines().map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 3]);
    expect(sandbox.records().map(({ type }) => type)).toEqual([
      'event',
      'session',
      'decision',
      'outcome',
      'checkpoint',
    ]);
    // The denied call had numbers too; the chain says that their records are not there.
    expect(sandbox.records()[0]).toMatchObject({ event: 'records-lost', detail: { first: 1 }, prev: null });
  });

  test.runIf(process.platform === 'linux')(
    'a log whose folder cannot be made denies calls in words, and guard does not hang',
    async () => {
      const sandbox = open("version: '1'\n");
      const log = '/proc/guard/y/audit.jsonl';
      const guard = sandbox.guard({ server: ['echo', sandbox.received], options: ['--audit', log] });
      expect(await guard.ask(1, 'initialize')).toHaveProperty('result');
      expect(await guard.call(2, 'echo')).toMatchObject({
        result: { isError: true, _meta: { 'guard/denial': { reason: 'audit_unavailable' } } },
      });
      expect(guard.stderr).toMatch(
        /cannot write the audit log \/proc\/guard\/y\/audit\.jsonl: ENOENT.*mkdir/,
      );
      await guard.finish();
      expect(sandbox.receivedLines().map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1]);
    },
  );

  test('a log that was moved away is made anew; nothing is lost or split', async () => {
    const sandbox = open("version: '1'\n");
    const guard = sandbox.guard({ server: 'echo' });
    await guard.call(1, 'echo');
    const moved = path.join(sandbox.folder, 'moved.jsonl');
    fs.renameSync(sandbox.audit, moved);
    for (let id = 2; !fs.existsSync(sandbox.audit); id += 1) await guard.call(id, 'echo');
    await guard.finish();
    const before = fs
      .readFileSync(moved, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { seq: number });
    const seqs = [...before, ...sandbox.records()].map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  test('three guards write one log at once: every record is whole, each writer in its order', async () => {
    const sandbox = open("version: '1'\n");
    const guards = [1, 2, 3].map(() => sandbox.guard({ server: 'echo' }));
    for (const guard of guards) {
      for (let id = 1; id <= 100; id += 1) guard.say({ id, method: 'tools/call', params: { name: 'echo' } });
    }
    await Promise.all(guards.map((guard) => guard.answer(100)));
    await Promise.all(guards.map((guard) => guard.finish()));
    const records = sandbox.records();
    expect(records).toHaveLength(3 * 202);
    for (const writer of new Set(records.map((record) => record.writer))) {
      const own = records.filter((record) => record.writer === writer).map(({ seq }) => seq);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
  });

  test('three guards rotate the log that they share: all of it is there, to the last checkpoint of each', async () => {
    const rotate = 'rotate: { max_size: 64KiB }';
    const sandbox = open(`version: '1'\naudit: { log_arguments: true, ${rotate} }\n`);
    const guards = [1, 2, 3].map(() => sandbox.guard({ server: 'echo' }));
    for (const guard of guards) {
      const note = 'x'.repeat(3000);
      for (let id = 1; id <= 50; id += 1)
        guard.say({ id, method: 'tools/call', params: { name: 'echo', arguments: { note } } });
    }
    await Promise.all(guards.map((guard) => guard.answer(50)));
    await Promise.all(guards.map((guard) => guard.finish()));
    const segments = await listSegments(sandbox.audit);
    expect(segments.length).toBeGreaterThan(1);
    const records = segments.flatMap(({ path: file }) =>
      fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { writer: string; seq: number; type: string }),
    );
    for (const writer of new Set(records.map((record) => record.writer))) {
      const own = records.filter((record) => record.writer === writer);
      expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
      expect(own.filter(({ type }) => type === 'outcome')).toHaveLength(50);
      expect(own.at(-1)?.type).toBe('checkpoint');
    }
  });

  test('a line that a killed writer left unfinished is closed, and said to be', async () => {
    const sandbox = open("version: '1'\n");
    fs.mkdirSync(path.dirname(sandbox.audit), { recursive: true });
    fs.writeFileSync(sandbox.audit, '{"v":1,"type":"decis', { mode: 0o600 });
    const guard = sandbox.guard({ server: 'echo' });
    await guard.call(1, 'echo');
    await guard.finish();
    const [torn, ...lines] = fs.readFileSync(sandbox.audit, 'utf8').split('\n').slice(0, -1);
    expect(torn).toBe('{"v":1,"type":"decis');
    const written = lines.map((line) => JSON.parse(line) as { event?: string; type: string });
    const names = written.map(({ event, type }) => event ?? type);
    expect(names.filter((name) => name !== 'recovered')).toEqual([
      'session',
      'decision',
      'outcome',
      'checkpoint',
    ]);
    expect(names).toContain('recovered');
  });

  test('secrets in arguments and answers are not in the log', async () => {
    const sandbox = open("version: '1'\naudit: { log_arguments: true, include_responses: true }\n");
    const guard = sandbox.guard({ server: 'echo' });
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await guard.call(1, 'echo', { token, note: 'plain' });
    await guard.finish();
    const text = fs.readFileSync(sandbox.audit, 'utf8');
    expect(text).toContain('plain');
    expect(text).toContain('did echo');
    expect(text).not.toContain(token);
  });
});

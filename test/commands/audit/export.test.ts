import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openExportFile } from '../../../src/commands/audit/export-target.js';
import { auditExportCommand } from '../../../src/commands/audit/export-options.js';
import { decisionLine, encoderOf, outcomeLine, TS } from '../../audit/lines.js';
import { diskFull, useLogFolder } from '../../audit/log-folder.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:export:file');
verifies('audit:export:csv');

const at = useLogFolder();
const fails = (): Promise<never> => Promise.reject(diskFull());

function exported(options: Record<string, unknown> = {}): Promise<Ran> {
  return runCommand(auditExportCommand, at.folder, { options: { audit: at.log, ...options } });
}

const event = encoderOf('w2').event(TS, { event: 'reload', detail: { by: '=cmd' } });

describe('what is written', () => {
  test('JSON lines: a call is one object, other records are as they are', async () => {
    fs.writeFileSync(
      at.log,
      decisionLine('1') + outcomeLine('1', { error_code: -1 }) + event + decisionLine('2'),
    );
    const { code, stdout } = await exported();
    expect(code).toBe(0);
    const [call, other, open] = stdout
      .split('\n')
      .map((line) => (line === '' ? null : (JSON.parse(line) as object)));
    expect(call).toEqual({
      ...(JSON.parse(decisionLine('1')) as object),
      type: 'call',
      answered: TS,
      result: 'ok',
      latency_ms: 1.25,
      response_size: 10,
      error_code: -1,
    });
    expect(other).toEqual(JSON.parse(event));
    expect(open).toMatchObject({ type: 'call', request_id: '2' });
  });

  test('CSV: a head, a row for each call and record, nothing that a spreadsheet would run', async () => {
    fs.writeFileSync(at.log, decisionLine('1', { tool: '=1+1' }) + outcomeLine('1') + event);
    const rows = (await exported({ format: 'csv' })).stdout.split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^ts,type,upstream,agent,/);
    expect(rows[1]).toContain(",tools/call,'=1+1,");
    expect(rows[2]).toContain(',reload,"{""by"":""=cmd""}",');
  });

  test('only what the filters ask for', async () => {
    fs.writeFileSync(at.log, decisionLine('1') + outcomeLine('1') + decisionLine('2', { tool: 'other' }));
    expect((await exported({ tool: 'other' })).stdout.split('\n')).toHaveLength(2);
    expect(await exported({ tool: 'nothing' })).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a file', () => {
  test('is made for its owner only, never over another one unless forced', async () => {
    fs.writeFileSync(at.log, decisionLine('1'));
    const file = path.join(at.folder, 'out.jsonl');
    expect(await exported({ output: 'out.jsonl' })).toMatchObject({ code: 0, stdout: '' });
    if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(file, 'utf8')).toContain('"type":"call"');
    fs.writeFileSync(file, 'mine');
    expect(await exported({ output: 'out.jsonl' })).toMatchObject({ code: 2, error: 'file-exists' });
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    expect((await exported({ output: 'out.jsonl', force: true })).code).toBe(0);
    expect(fs.readFileSync(file, 'utf8')).toContain('"type":"call"');
    expect(fs.readdirSync(at.folder).toSorted()).toEqual(['audit.jsonl', 'out.jsonl']);
  });

  test('what is no regular file is not replaced, also not by force', async () => {
    fs.writeFileSync(at.log, decisionLine('1'));
    fs.symlinkSync(at.log, path.join(at.folder, 'link'));
    fs.mkdirSync(path.join(at.folder, 'folder'));
    for (const output of ['link', 'folder']) {
      expect(await exported({ output, force: true })).toMatchObject({ code: 2, error: 'export-unwritable' });
    }
    expect(fs.readFileSync(at.log, 'utf8')).toBe(decisionLine('1'));
  });

  test('a disk that fills up leaves nothing half written behind', async () => {
    const file = path.join(at.folder, 'out.jsonl');
    for (const failing of ['write', 'sync', 'close'] as const) {
      const target = await openExportFile(file, false, {
        open: async (draft) => {
          const handle = await fs.promises.open(draft, 'wx');
          return {
            write: failing === 'write' ? fails : handle.write.bind(handle),
            sync: failing === 'sync' ? fails : handle.sync.bind(handle),
            close: async () => {
              await handle.close();
              if (failing === 'close') await fails();
            },
          };
        },
      });
      await expect(target.write('text').then(() => target.finish())).rejects.toMatchObject({
        code: 'export-unwritable',
        message: expect.stringContaining('ENOSPC') as string,
      });
      await target.discard();
      expect(fs.readdirSync(at.folder)).toEqual([]);
    }
  });

  test('one that came meanwhile is not replaced', async () => {
    const file = path.join(at.folder, 'out.jsonl');
    const target = await openExportFile(file, false);
    await target.write('export');
    fs.writeFileSync(file, 'mine');
    await expect(target.finish()).rejects.toMatchObject({ code: 'file-exists' });
    await target.discard();
    expect(fs.readdirSync(at.folder)).toEqual(['out.jsonl']);
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });
});

test.each([
  [{ format: 'xml' }, /--format: expected json, csv, otlp/],
  [{ endpoint: 'http://127.0.0.1:1' }, /--endpoint: expected --format otlp/],
  [{ format: 'otlp', endpoint: 'ftp://x' }, /expected an http or https address/],
  [{ format: 'otlp', endpoint: 'http://user:secret@127.0.0.1' }, /without a password/],
])('%j is refused', async (options, message) => {
  fs.writeFileSync(at.log, decisionLine('1'));
  const ran = await exported(options);
  expect(ran).toMatchObject({ code: 2, error: 'usage' });
  expect(ran.message).toMatch(message);
  expect(ran.message).not.toContain('secret');
});

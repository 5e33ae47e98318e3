import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { segmentPath } from '../../src/audit/segment-name.js';
import { listSegments, type Segment } from '../../src/audit/segments.js';
import { AUDIT_SEGMENTS_MAX } from '../../src/platform/bounds.js';
import { GuardError } from '../../src/platform/errors.js';
import { useLogFolder } from './log-folder.js';
import { verifies } from '../requirements.js';

verifies('audit:segments');

const at = useLogFolder();

function make(...names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const file = path.join(at.folder, name);
    fs.writeFileSync(file, `${name}\n`);
    // Change times of a group decide where the group stands.
    fs.utimesSync(file, index, index);
  }
}

async function listed(log = at.log): Promise<readonly string[]> {
  return (await listSegments(log)).map((segment) => path.basename(segment.path));
}

describe('names', () => {
  test.each([
    ['/var/log/audit.jsonl', '/var/log/audit.20260102T030405678Z.jsonl'],
    ['/var/log/audit', '/var/log/audit.20260102T030405678Z'],
    ['/var/log/a.b.log', '/var/log/a.b.20260102T030405678Z.log'],
  ])('%s becomes %s', (log, expected) => {
    expect(segmentPath(log, Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe(expected);
  });

  test('a clock that is out of all bounds still makes a name', () => {
    expect(segmentPath('/a.jsonl', -1)).toBe('/a.19700101T000000000Z.jsonl');
    expect(segmentPath('/a.jsonl', 8.64e15)).toBe('/a.99991231T235959999Z.jsonl');
  });
});

describe('listing', () => {
  test('there is no log, no folder', async () => {
    expect(await listed()).toEqual([]);
    expect(await listed(path.join(at.folder, 'none', 'audit.jsonl'))).toEqual([]);
  });

  test("guard's own segments stand by the time in their names, the current one last", async () => {
    make(
      'audit.jsonl',
      'audit.20260301T000000000Z.jsonl',
      'audit.20260102T030405679Z.jsonl',
      'audit.20260102T030405678Z.jsonl',
    );
    expect(await listed()).toEqual([
      'audit.20260102T030405678Z.jsonl',
      'audit.20260102T030405679Z.jsonl',
      'audit.20260301T000000000Z.jsonl',
      'audit.jsonl',
    ]);
    const segments: readonly Segment[] = await listSegments(at.log);
    expect(segments.map(({ current }) => current)).toEqual([false, false, false, true]);
    expect(segments.at(-1)?.size).toBe('audit.jsonl\n'.length);
    expect((await listSegments(at.log))[0]?.rotatedMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  });

  test("logrotate's counts fall with age, its dates rise", async () => {
    make('audit.jsonl.10', 'audit.jsonl.2', 'audit.jsonl.1', 'audit.jsonl');
    expect(await listed()).toEqual(['audit.jsonl.10', 'audit.jsonl.2', 'audit.jsonl.1', 'audit.jsonl']);
    const dates = path.join(at.folder, 'dated.jsonl');
    make('dated.jsonl-20260201', 'dated.jsonl-20260131-23', 'dated.jsonl-20260131');
    expect(await listed(dates)).toEqual([
      'dated.jsonl-20260131',
      'dated.jsonl-20260131-23',
      'dated.jsonl-20260201',
    ]);
  });

  test('what is no segment is left out: other logs, compressed files, folders, symlinks', async () => {
    make(
      'audit.jsonl',
      'audit.jsonl.2.gz',
      'audit.20260102T030405678Z.jsonl.gz',
      'audit.20261399T030405678Z.jsonl',
      'audit.backup.jsonl',
      'audit2.jsonl',
      'audit.jsonl.bak',
      'audit.jsonl-old',
    );
    fs.mkdirSync(path.join(at.folder, 'audit.jsonl.1'));
    fs.symlinkSync(at.log, path.join(at.folder, 'audit.jsonl.3'));
    expect(await listed()).toEqual(['audit.jsonl']);
  });

  test('a folder that cannot be read, and one with more segments than are read, are errors', async () => {
    fs.writeFileSync(at.log, '');
    await expect(listed(path.join(at.log, 'audit.jsonl'))).rejects.toThrow(GuardError);
    for (let count = 0; count <= AUDIT_SEGMENTS_MAX; count += 1)
      fs.symlinkSync('none', path.join(at.folder, `audit.jsonl.${count}`));
    await expect(listed()).rejects.toThrow(`at most ${AUDIT_SEGMENTS_MAX}`);
  });
});

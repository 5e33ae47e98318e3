import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createAnchorFile } from '../../../src/audit/anchors/anchor-file.js';
import { verifies } from '../../requirements.js';

verifies('audit:anchor');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-anchor-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('heads are appended as they are, also behind one that was cut', () => {
  const file = path.join(folder, 'other/heads.jsonl');
  const notes: string[] = [];
  const anchor = createAnchorFile(file, { repeated: (_kind, text) => void notes.push(text) });
  anchor('{"a":1}');
  fs.appendFileSync(file, '{"cut');
  anchor('{"b":2}');
  expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n{"cut\n{"b":2}\n');
  expect(notes).toEqual([]);
});

test('what cannot be written is noted and throws nothing', () => {
  const notes: string[] = [];
  const anchor = createAnchorFile(folder, { repeated: (kind) => void notes.push(kind) });
  anchor('{"a":1}');
  anchor('{"b":2}');
  expect(notes).toEqual(['audit-anchor', 'audit-anchor']);
});

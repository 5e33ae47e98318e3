import { expect, test } from 'vitest';
import fs from 'node:fs';
import { targetOf } from '../../../src/clients/edit/entry-target.js';
import { findEntries } from '../../../src/clients/edit/find-entries.js';
import { planInstall } from '../../../src/clients/edit/plan-install.js';
import { planUninstall } from '../../../src/clients/edit/plan-uninstall.js';
import { bytesOf } from '../../../src/clients/formats/read-document.js';
import { FIXTURES, fixtureFiles } from '../fixture-files.js';
import { verifies } from '../../requirements.js';

verifies('install:fixtures', 'install:idempotent');

const FILES = fixtureFiles();
const CHOICES = [
  { program: ['guard'], remote: false, timeouts: false },
  { program: ['/opt/node/bin/node', '/opt/mcp-guard/bin/guard.js'], remote: true, timeouts: true },
  { program: ['cmd', '/c', 'npx', '-y', 'mcp-guard@0'], remote: true, timeouts: false },
];

test('every file of the fixtures is tried', () => {
  const there = fs
    .readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile());
  expect(FILES).toHaveLength(44);
  expect(there).toHaveLength(44);
});

test.each(FILES)('$file: into it and out again, byte for byte', ({ bytes, kind, file }) => {
  for (const choice of CHOICES) {
    const planned = planInstall(bytes, kind, choice);
    if (planned.kind === 'refused') throw new Error(planned.why);
    const { after, notes, results } = planned;
    if (after === undefined) throw new Error(`nothing to wrap: ${JSON.stringify(results)}`);
    const written = bytesOf(after);
    expect(written.equals(bytes)).toBe(false);
    // What a client starts now is guard, the dashes, and what it started before.
    const before = findEntries(planned.before, kind);
    const now = findEntries(after, kind);
    if (before.kind === 'refused' || now.kind === 'refused') throw new Error('no entries');
    for (const [index, entry] of now.entries.entries()) {
      const old = before.entries[index];
      if (old === undefined) throw new Error(`${file}: an entry more`);
      const was = targetOf(old.node, kind.client.shape);
      const is = targetOf(entry.node, kind.client.shape);
      if (was.kind !== 'words' && was.kind !== 'list') continue;
      if (is.kind !== was.kind) throw new Error(`${file}: another kind of entry`);
      const result = results.find(
        ({ name, path }) => name === entry.name && path.join() === entry.path.join(),
      );
      if (result?.outcome === 'refused') continue;
      expect(is.words.slice(0, choice.program.length)).toEqual(choice.program);
      expect(is.call?.options.get('--server')).not.toBe('');
      expect(is.words.slice(is.words.indexOf('--') + 1)).toEqual(was.words);
    }
    const again = planInstall(written, kind, choice);
    expect(again).toMatchObject({ kind: 'plan', after: undefined });
    const back = planUninstall(written, kind, notes);
    if (back.kind === 'refused' || back.after === undefined) throw new Error(`${file}: not taken out again`);
    expect(bytesOf(back.after).equals(bytes)).toBe(true);
  }
});

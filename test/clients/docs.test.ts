import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findHoles } from '../../src/clients/survey/holes.js';
import type { Client, Place } from '../../src/clients/table/client.js';
import { CLIENTS } from '../../src/clients/table/clients.js';
import { ROOT } from '../support/source-files.js';
import { verifies } from '../requirements.js';

verifies('install:files', 'status:clients');

const DOCS = readFileSync(path.join(ROOT, 'docs/clients.md'), 'utf8');

/** Where a place is, in the short words of the page; on Windows only where it is nowhere else. */
function placeText({ files, project, managed }: Place): string {
  const user = files?.linux ?? files?.darwin ?? files?.win32 ?? [];
  const shown = user.map((file) =>
    files?.win32?.[0]?.startsWith('%APPDATA%') === true ? file.replace('@config', '@data') : file,
  );
  const all = [...shown, ...(project ?? []).map((file) => `./${file}`)].map((file) => `\`${file}\``);
  return `${all.slice(0, 3).join(', ')}${all.length > 3 ? ' …' : ''}${managed === true && all.length > 0 ? ' (read only)' : ''}`;
}

function row({ id, name, places }: Client): string {
  const files = [...new Set(places.map(placeText))].filter((text) => text !== '');
  return `| \`${id}\` | ${name} | ${files.join('; ') || 'a file that differs from machine to machine'} |`;
}

test('the page names every client with its files', () => {
  const rows = [...DOCS.matchAll(/^\| `[a-z0-9-]+` .*\|$/gm)].map(([line]) => line.replaceAll(/ +/g, ' '));
  const table = rows.slice(0, CLIENTS.length);
  expect(table).toEqual(CLIENTS.map(row));
});

test('the page explains every kind of hole that can be found', () => {
  const section = DOCS.slice(DOCS.indexOf('## Holes'), DOCS.indexOf('## Remote servers'));
  const named = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, kind]) => kind);
  expect(findHoles([], { exists: () => true, modeOf: () => undefined })).toEqual([]);
  const source = readFileSync(path.join(ROOT, 'src/clients/survey/holes.ts'), 'utf8');
  const kinds = [...(/readonly kind:([^;]*);/.exec(source)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(
    ([, kind]) => kind,
  );
  expect(named.toSorted()).toEqual(kinds.toSorted());
});

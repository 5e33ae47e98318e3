import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { sourceFiles } from '../../support/source-files.js';
import { builtPage } from './day-served.js';

verifies('page:small');

const GZIPPED_BYTES_MOST = 150 * 1024;

describe('what the browser gets', () => {
  const folder = builtPage();
  const files = fs
    .readdirSync(folder)
    .map((name) => ({ name, bytes: fs.readFileSync(path.join(folder, name)) }));

  test('is under 150 KB gzipped', () => {
    expect(files.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0)).toBeLessThan(
      GZIPPED_BYTES_MOST,
    );
  });

  test('has names that hold a digest, but for the document', () => {
    const names = files.map(({ name }) => name).filter((name) => name !== 'index.html');
    expect(names.filter((name) => !/^[a-z]+-[0-9A-Z]{8}\.(?:js|css|svg)$/.test(name))).toEqual([]);
    expect(names.map((name) => path.extname(name)).toSorted()).toEqual(['.css', '.js', '.svg']);
  });

  test('has no inline code or style, and names nothing elsewhere', () => {
    const html = files.find(({ name }) => name === 'index.html')?.bytes.toString() ?? '';
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i);
    expect(
      [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address?.split('/')[1]),
    ).toEqual(['assets', 'assets', 'assets']);
    for (const { name, bytes } of files) {
      // The namespaces of SVG and MathML are names and no addresses.
      const addresses = bytes.toString().match(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]+[^\s"'`]*/gi) ?? [];
      expect([name, addresses.filter((address) => !address.startsWith('http://www.w3.org/'))]).toEqual([
        name,
        [],
      ]);
    }
  });
});

test('no source of the page makes markup out of text', () => {
  const found = sourceFiles('src/dashboard/page', ['.ts', '.tsx'])
    .filter(({ text }) =>
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/.test(
        text,
      ),
    )
    .map(({ path: file }) => file);
  expect(found).toEqual([]);
});

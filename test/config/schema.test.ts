import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFIG_SCHEMA_FILE, configJsonSchema } from '../../scripts/schemas.js';
import { tryLoadConfig } from '../../src/config/load.js';
import { folderWith, pathsIn } from './check-yaml.js';
import { configKeys } from './key-paths.js';
import { verifies } from '../requirements.js';

verifies('config:schema');

test('the committed schema is what `npm run schemas` writes', () => {
  expect(readFileSync(CONFIG_SCHEMA_FILE, 'utf8')).toBe(configJsonSchema());
});

test('every key has a description', () => {
  expect(
    configKeys()
      .filter(({ schema }) => schema.description === undefined)
      .map(({ path: key }) => key),
  ).toEqual([]);
});

test('docs/configuration.md lists exactly the keys of the schema', () => {
  const text = readFileSync('docs/configuration.md', 'utf8');
  const listed = [...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key = '']) => key);
  expect(listed.toSorted()).toEqual(
    configKeys()
      .map(({ path: key }) => key)
      .toSorted(),
  );
});

test('docs/configuration.md states the defaults of the schema', () => {
  const text = readFileSync('docs/configuration.md', 'utf8');
  const stated = Object.fromEntries(
    [...text.matchAll(/^\| `([^`]+)` +\|(?:[^|]*)\| `([^`]+)` +\|/gm)].map(([, key, value]) => [key, value]),
  );
  const expected = Object.fromEntries(
    configKeys().flatMap(({ path: key, schema: { default: value } }) =>
      value === undefined ? [] : [[key, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
  expect(stated).toEqual(expected);
});

describe('configs in docs and examples load', () => {
  const texts = [...fences(), ...exampleFiles()];
  test.each(texts)('%s', async (_place, text) => {
    const env = Object.fromEntries(
      [...text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map(([, name]) => [
        name,
        'a-value-of-sixteen-or-more-characters',
      ]),
    );
    const folder = folderWith({ 'guard.yaml': text });
    const result = await tryLoadConfig({
      cwd: folder,
      env,
      paths: pathsIn(folder),
      configFile: 'guard.yaml',
    });
    expect(result.ok ? [] : result.mistakes).toEqual([]);
  });
  test('some were found', () => expect(texts.length).toBeGreaterThan(0));
});

function fences(): [string, string][] {
  return readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => {
      const text = readFileSync(path.join('docs', name), 'utf8');
      return [...text.matchAll(/^```ya?ml\n((?:#[^\n]*\n)*version:.*?)^```$/gms)].map(
        ([, body = ''], index): [string, string] => [`docs/${name} #${index + 1}`, body],
      );
    });
}

function exampleFiles(folder = 'examples'): [string, string][] {
  return readdirSync(folder).flatMap((name): [string, string][] => {
    const file = path.join(folder, name);
    if (name === 'node_modules') return [];
    if (statSync(file).isDirectory()) return exampleFiles(file);
    return /^guard.*\.ya?ml$/.test(name) && !name.includes('.test.')
      ? [[file, readFileSync(file, 'utf8')]]
      : [];
  });
}

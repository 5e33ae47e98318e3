import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, sourceFiles } from '../support/source-files.js';

test('the package holds the program, its types, schemas and starter policies, and nothing else', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  const kinds = new Set(
    files.map(({ path: file }) =>
      file
        .replace(/^dist\/types\/.*\.d\.ts$/, 'dist/types/*.d.ts')
        .replace(/^examples\/policies\/[a-z-]+\.yaml$/, 'examples/policies/*.yaml')
        .replace(/^dist\/dashboard\/[^/]+$/, 'dist/dashboard/*')
        .replace(/^dist\/(lazy\/)?[^/]+\.js$/, 'dist/*.js')
        .replace(/^dist\/(lazy\/)?[^/]+\.js\.map$/, 'dist/*.js.map'),
    ),
  );
  expect([...kinds].toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/guard.js',
    'dist/*.js',
    'dist/*.js.map',
    'dist/THIRD-PARTY-LICENSES.md',
    'dist/dashboard/*',
    'dist/types/*.d.ts',
    'examples/policies/*.yaml',
    'package.json',
    'schemas/guard.config.schema.json',
    'schemas/guard.test.schema.json',
    'schemas/openapi.json',
  ]);
});

test('the lock file names no registry', () => {
  const lock = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  expect(lock).not.toMatch(/"resolved"/);
});

test('the lock file holds every package that it names, those of other platforms too', () => {
  // npm leaves out what the registry of the day does not offer, and then refuses its own file.
  const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const named = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((name) => !Object.hasOwn(packages, `node_modules/${name}`))).toEqual([]);
});

test('the program installs nothing else, and every package that it holds is explained', () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies?: object;
    devDependencies: Record<string, string>;
  };
  expect(manifest.dependencies).toBeUndefined();
  const [page] = sourceFiles('docs', ['dependencies.md']);
  const explained = page?.text ?? '';
  const missing = Object.keys(manifest.devDependencies).filter((name) => {
    const short = name.replace('@modelcontextprotocol/', '').replace('@types/', '');
    return !explained.includes(name) && !explained.includes(short);
  });
  expect(missing).toEqual([]);
});

import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { ROOT } from '../support/source-files.js';

verifies('start:packages');

/** The pieces that a bundle of these entries would have. */
async function outputsOf(entryPoints: string[]): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: 'dist',
    write: false,
    metafile: true,
    external: ['react-devtools-core'],
    logLevel: 'silent',
  });
  return metafile.outputs;
}

/** What `guard --` loads before it relays, beside its own code; lazily loaded code does not count. */
async function packagesOf(entry: string, lazily: RegExp): Promise<string[]> {
  const outputs = await outputsOf([entry]);
  const open = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === entry);
  const seen = new Set<string>();
  const packages = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const output = outputs[next];
    for (const input of Object.keys(output?.inputs ?? {})) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1];
      if (name !== undefined) packages.add(name);
    }
    for (const { path, kind } of output?.imports ?? []) {
      if (kind === 'import-statement' || lazily.test(outputs[path]?.entryPoint ?? '')) open.push(path);
    }
  }
  return [...packages].toSorted();
}

test('the wrap path with a config file loads these packages and no others', async () => {
  expect(await packagesOf('src/cli.ts', /^src\/(commands\/wrap(-session)?|config\/layers)\.ts$/)).toEqual([
    'cac',
    'picomatch',
    'yaml',
    'zod',
  ]);
});

test('the walk sees what is loaded lazily when it is asked to', async () => {
  expect(await packagesOf('src/cli.ts', /^src\/commands\/tail\.ts$/)).toContain('chalk');
});

test('only the screen loads Ink: answers from scripts do not wait for it', async () => {
  const commands = /^src\/commands\/(approve|deny)\.ts$/;
  const packages = await packagesOf('src/cli.ts', commands);
  expect(packages).toContain('lowdb');
  expect(packages).not.toContain('ink');
  expect(packages).not.toContain('react');
  expect(await packagesOf('src/cli.ts', /^src\/(commands\/approve\.ts|tui\/run-screen\.tsx)$/)).toContain(
    'ink',
  );
});

test('only what reads tokens loads the package for them', async () => {
  expect(await packagesOf('src/cli.ts', /^src\/commands\/token\.ts$/)).toContain('jose');
  expect(await packagesOf('src/cli.ts', /^src\/commands\/(?!token)[a-z-]+\.ts$/)).not.toContain('jose');
});

test('nothing of spans is loaded where the config names no collector', async () => {
  verifies('tracing:off');
  const outputs = await outputsOf(['src/commands/wrap-session.ts', 'src/commands/serve.ts']);
  const seen = new Set<string>();
  const open = Object.keys(outputs).filter((path) =>
    /^src\/commands\/(wrap-session|serve)\.ts$/.test(outputs[path]?.entryPoint ?? ''),
  );
  expect(open).toHaveLength(2);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    expect(Object.keys(outputs[next]?.inputs ?? {}).filter((input) => input.includes('otlp/'))).toEqual([]);
    for (const { path, kind } of outputs[next]?.imports ?? [])
      if (kind === 'import-statement') open.push(path);
  }
});

test('only a call that is shown in Slack loads the WebSocket', async () => {
  const waiting = 'commands\\/wrap(-session|-approvals)?';
  expect(await packagesOf('src/cli.ts', new RegExp(`^src\\/(${waiting})\\.ts$`))).not.toContain('ws');
  const shown = `${waiting}|approvals\\/channels\\/slack-app`;
  expect(await packagesOf('src/cli.ts', new RegExp(`^src\\/(${shown})\\.ts$`))).toContain('ws');
});

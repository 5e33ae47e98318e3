// Bundles the program into dist/: one chunk for what `guard --` loads, others loaded when needed.
// `--unchained FOLDER` makes FOLDER/dist, whose audit log has no chain: the bench compares the two.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

// Built beside and moved in place, so that a program that runs from dist/ is never without it for long.
const isUnchained = process.argv[2] === '--unchained';
const dist = path.join(isUnchained ? path.resolve(process.argv[3] ?? '') : root, 'dist');
const fresh = `${dist}-${process.pid}`;
/** Puts something else in the place of the chain. */
const unchained = {
  name: 'unchained',
  setup(bundle) {
    const file = path.join(root, 'test/bench/unchained-log.ts');
    bundle.onResolve({ filter: /\/(?:writer|signed)-chain\.js$/ }, () => ({ path: file }));
  },
};
const replacements = isUnchained ? [unchained] : [];
const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // The screen's packages bring a second copy of themselves for development, and a client for their tools.
  define: {
    GUARD_VERSION: JSON.stringify(version),
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
  },
  external: ['react-devtools-core'],
  // Ink draws nothing where the variable CI is set; guard draws only where a person's terminal is.
  // The first face of jsonc-parser asks for its own files at run time, which no bundler can follow; that of
  // yaml is some seventy files which each run when one is asked for.
  alias: {
    'is-in-ci': './scripts/not-in-ci.js',
    'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
    'prom-client': './scripts/metric-types.js',
    yaml: './node_modules/yaml/browser/dist/index.js',
  },
  // Some bundled packages are CommonJS and ask for Node's own modules at run time.
  banner: {
    js: "import{createRequire as __guardRequire}from'node:module';const require=__guardRequire(import.meta.url);",
  },
};

/** Every command but the wrapper itself: `guard --` must not carry them along. */
const commands = readdirSync(path.join(root, 'src/commands'))
  .filter((file) => file.endsWith('-options.ts') && file !== 'wrap-options.ts')
  .map((file) => file.replace('-options.ts', ''));

/** What is loaded only when needed, by the words of its `import()`. */
const lazy = {
  './wrap.js': 'src/commands/wrap.ts',
  ...Object.fromEntries(commands.map((name) => [`./${name}.js`, `src/commands/${name}.ts`])),
  '../tui/run-screen.js': 'src/tui/run-screen.tsx',
  './commands/secrets-in-force.js': 'src/commands/secrets-in-force.ts',
  './open-tracing.js': 'src/commands/open-tracing.ts',
  './remote-anchors.js': 'src/commands/remote-anchors.ts',
  './open-ledger.js': 'src/commands/open-ledger.ts',
  './wrap-approvals.js': 'src/commands/wrap-approvals.ts',
  ...Object.fromEntries(
    ['desktop-channel', 'webhook-channel', 'slack-channel', 'slack-app', 'callback-listener'].map((name) => [
      `../approvals/channels/${name}.js`,
      `src/approvals/channels/${name}.ts`,
    ]),
  ),
  './remote-approvals.js': 'src/commands/remote-approvals.ts',
  './serve-dashboard.js': 'src/commands/serve-dashboard.ts',
  '../upstream/remote/bridge.js': 'src/upstream/remote/bridge.ts',
  '../../upstream/remote/bridge.js': 'src/upstream/remote/bridge.ts',
  'cosmiconfig/dist/ExplorerSync.js': 'cosmiconfig/dist/ExplorerSync.js',
  'cross-spawn': 'cross-spawn',
  execa: 'execa',
  re2js: 're2js',
};
const lazyName = (words) => `lazy/${path.basename(words, '.js')}`;

const { metafile } = await build({
  ...shared,
  entryPoints: [
    { in: 'src/cli.ts', out: 'cli' },
    { in: 'src/index.ts', out: 'index' },
    ...Object.entries(lazy).map(([words, entry]) => ({ in: entry, out: lazyName(words) })),
  ],
  outdir: fresh,
  splitting: true,
  plugins: replacements,
});
// Each file that is loaded costs about a millisecond, and clients wait while a door loads. A door is two parts:
// the first starts the servers; the second, which is larger, is loaded while they boot. The stdio door hands
// plain data over, and each part is one file. The HTTP door hands over a compiled config, whose classes all that
// works with it must share, so what several need stands in files of its own.
await buildDoor('./wrap.js', { 'wrap-door': 'src/cli.ts', 'wrap-session': 'src/commands/wrap-session.ts' });
await buildDoor(
  './serve.js',
  {
    'serve-door': 'src/cli.ts',
    'serve-gateway': 'src/commands/serve-gateway.ts',
    'serve-dashboard': 'src/commands/serve-dashboard.ts',
  },
  { splitting: true },
);
if (isUnchained) {
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  process.exit();
}
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', path.join(fresh, 'types')], {
  cwd: root,
  stdio: 'inherit',
});
const pageInputs = await buildPage(path.join(fresh, 'dashboard'));
const inputs = [...Object.keys(metafile.inputs), ...pageInputs];
writeFileSync(path.join(fresh, 'THIRD-PARTY-LICENSES.md'), licensesOf(inputs));
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);

/** Where what is loaded only when needed stands, by the words of its `import()`. */
function lazyFiles() {
  return Object.fromEntries(Object.keys(lazy).map((words) => [words, `./${lazyName(words)}.js`]));
}

/**
 * Bundles the door of one command: each entry holds all that it needs but for the other entries and what is
 * loaded only when needed.
 */
function buildDoor(command, entries, { splitting = false } = {}) {
  const { [command]: _inDoor, ...files } = lazyFiles();
  for (const name of Object.keys(entries)) files[`./${name}.js`] = `./${name}.js`;
  const setup = (bundle) =>
    bundle.onResolve({ filter: /.*/ }, ({ kind, path: words }) =>
      kind === 'dynamic-import' && Object.hasOwn(files, words)
        ? { path: files[words], external: true }
        : undefined,
    );
  return build({
    ...shared,
    entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
    outdir: fresh,
    splitting,
    plugins: [...replacements, { name: 'lazy', setup }],
  });
}

/** The dashboard's page: one script, one style sheet and an icon under names that hold their digest. */
async function buildPage(folder) {
  const source = path.join(root, 'src/dashboard/page');
  const page = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: path.join(source, 'main.tsx'), out: 'main' },
      { in: path.join(source, 'styles/main.css'), out: 'main' },
    ],
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  const icon = readFileSync(path.join(source, 'icon.svg'));
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase()}.svg`;
  writeFileSync(path.join(folder, iconName), icon);
  const names = [...Object.keys(page.metafile.outputs).map((file) => path.basename(file)), iconName];
  const html = readFileSync(path.join(source, 'index.html'), 'utf8');
  const named = html.replaceAll(/\/assets\/(\w+)\.(\w+)/g, (_all, name, type) => {
    const file = names.find((known) => known.startsWith(`${name}-`) && known.endsWith(`.${type}`));
    if (file === undefined) throw new Error(`index.html: no file of the build is ${name}.${type}`);
    return `/assets/${file}`;
  });
  writeFileSync(path.join(folder, 'index.html'), named);
  return Object.keys(page.metafile.inputs);
}

/** The licenses of the packages that are bundled: they ask to travel with the code. */
function licensesOf(inputs) {
  const folders = new Set(inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]));
  folders.delete(undefined);
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined ? `License: ${license}` : readFileSync(path.join(root, folder, file), 'utf8');
    return `## ${name} ${version}\n\n${text.trim()}\n`;
  });
  return `# Third-party licenses\n\nGuard's bundle holds code of these packages.\n\n${sections.join('\n')}`;
}

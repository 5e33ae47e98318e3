import { describe, expect, test } from 'vitest';
import { sourceFiles } from './support/source-files.js';
import { breaches, IMPORTS_ALLOWED, reachable } from './support/tidy-rules.js';

const files = sourceFiles('src', ['.ts', '.tsx']);

describe('the house rules that a machine can hold', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test.each(files.map((file) => [file.path, file] as const))('%s', (_path, file) => {
    expect(breaches(file)).toEqual([]);
  });

  test('every file is reached from the program, the library or the page', () => {
    const reached = reachable(files, ['src/cli.ts', 'src/index.ts', 'src/dashboard/page/main.tsx']);
    expect(files.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  test('every room has a place in the order of imports', () => {
    const rooms = new Set(
      files
        .map(({ path }) => path.split('/'))
        .filter((parts) => parts.length > 2)
        .map((parts) => parts[1]),
    );
    expect([...rooms].filter((room) => !Object.hasOwn(IMPORTS_ALLOWED, room ?? ''))).toEqual([]);
  });
});

describe('the rules themselves find what they are there for', () => {
  const bad: readonly (readonly [string, string, string, RegExp])[] = [
    ['a long file', 'src/policy/a.ts', 'const a = 1;\n'.repeat(251), /251 lines/],
    [
      'a long function',
      'src/policy/a.ts',
      `function a() {\n${'  b();\n'.repeat(70)}}\n`,
      /function of 72 lines/,
    ],
    [
      'an import upward',
      'src/policy/a.ts',
      "import { x } from '../relay/door.js';\n",
      /policy may not import relay/,
    ],
    [
      'an import from door to door',
      'src/relay/a.ts',
      "import { x } from '../gateway/serve.js';\n",
      /relay may not import gateway/,
    ],
    ['the wall clock', 'src/relay/a.ts', 'const now = Date.now();\n', /platform\/clock/],
    ['the wall clock as a value', 'src/relay/a.ts', 'run({ nowMs: Date.now });\n', /platform\/clock/],
    ['randomness', 'src/relay/a.ts', 'const one = Math.random();\n', /randomness is a parameter/],
    [
      'randomness as a value',
      'src/relay/a.ts',
      'run({ random: Math.random });\n',
      /randomness is a parameter/,
    ],
    [
      'randomness by another name',
      'src/relay/a.ts',
      'const { random } = Math;\n',
      /randomness is a parameter/,
    ],
    ['the console', 'src/relay/a.ts', "console.log('x');\n", /diagnostics/],
    ['the environment', 'src/relay/a.ts', 'const home = process.env.HOME;\n', /commands/],
    ['raw JSON in a terminal', 'src/commands/a.ts', 'print(`${JSON.stringify(a)}`);\n', /shownJsonLine/],
    ['a note to self', 'src/relay/a.ts', '// TODO: later\n', /TODO/],
    ['a bound in the wrong place', 'src/relay/a.ts', 'const QUEUE_MAX = 3;\n', /platform\/bounds/],
    ['I/O in a pure room', 'src/policy/a.ts', "import { readFileSync } from 'node:fs';\n", /pure/],
    ['async in a pure room', 'src/policy/a.ts', 'export async function a() {}\n', /pure/],
    ['a default export', 'src/relay/a.ts', 'export default 1;\n', /default export/],
    ['a barrel', 'src/relay/index.ts', '', /barrel/],
    ['a vague name', 'src/relay/utils.ts', '', /says nothing/],
  ];
  test.each(bad)('%s', (_title, path, text, expected) => {
    expect(breaches({ path, text }).join('\n')).toMatch(expected);
  });

  test('a file that nothing imports', () => {
    const tree = [
      { path: 'src/cli.ts', text: "import './a.js';" },
      { path: 'src/a.ts', text: "const b = () => import('./room/b.js');" },
      { path: 'src/room/b.ts', text: '' },
      { path: 'src/room/c.ts', text: '' },
    ];
    expect([...reachable(tree, ['src/cli.ts'])].toSorted()).toEqual([
      'src/a.ts',
      'src/cli.ts',
      'src/room/b.ts',
    ]);
  });
});

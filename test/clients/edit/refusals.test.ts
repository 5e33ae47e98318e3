import { describe, expect, test } from 'vitest';
import type { FileKind, FilePlan } from '../../../src/clients/edit/file-plan.js';
import { planInstall } from '../../../src/clients/edit/plan-install.js';
import { planUninstall } from '../../../src/clients/edit/plan-uninstall.js';
import { bytesOf } from '../../../src/clients/formats/read-document.js';
import { verifies } from '../../requirements.js';
import { fileKind } from '../fixture-files.js';

verifies('install:refuses');

const CHOICE = { program: ['guard'], remote: false, timeouts: false };
const STRICT = fileKind('claude-desktop', 'user');
const GEMINI = fileKind('gemini-cli', 'user');
const CODEX = fileKind('codex', 'user');
const GOOSE = fileKind('goose', 'user');
const WITSY = fileKind('witsy', 'user');

function planned(text: string | Uint8Array, kind: FileKind): FilePlan {
  return planInstall(typeof text === 'string' ? Buffer.from(text) : text, kind, CHOICE);
}

describe('a whole file is refused', () => {
  test.each<[string, string | Uint8Array, FileKind, RegExp]>([
    ['broken JSON', '{"mcpServers": {"a": {"command": "x"}}', STRICT, /^is broken: .* at line 1$/],
    [
      'a comment where the client knows none',
      '{\n// c\n"mcpServers": {}}',
      STRICT,
      /^is broken: .*Comment.* at line 2$/,
    ],
    [
      'a trailing comma that the client dies of',
      '{"mcpServers": {"a": {"command": "x"},}}',
      GEMINI,
      /^is broken/,
    ],
    [
      'a duplicate key',
      '{"mcpServers": {}, "mcpServers": {"a": {"command": "x"}}}',
      STRICT,
      /names a key twice: "mcpServers" at line 1/,
    ],
    [
      'a duplicate key far away',
      '{"x": {"y": 1, "y": 2}, "mcpServers": {"a": {"command": "x"}}}',
      STRICT,
      /names a key twice: "y"/,
    ],
    ['broken TOML', '[mcp_servers.a]\ncommand = ', CODEX, /^is broken: .* at line 2$/],
    [
      'a TOML key twice',
      '[mcp_servers.a]\ncommand = "x"\ncommand = "y"\n',
      CODEX,
      /^is broken: Defining a key multiple times/,
    ],
    ['broken YAML', 'extensions:\n  a: {cmd: x\n', GOOSE, /^is broken/],
    ['a YAML key twice', 'extensions: {}\nextensions: {}\n', GOOSE, /^is broken: Map keys must be unique/],
    [
      'a YAML anchor',
      'x: &a {cmd: x}\nextensions: {}\n',
      GOOSE,
      /has an anchor, an alias or a merge key at line 1/,
    ],
    ['a YAML alias', 'extensions:\n  a: *x\n', GOOSE, /anchor|alias|Unresolved/],
    ['a YAML merge key', 'extensions:\n  a:\n    <<: {cmd: x}\n', GOOSE, /merge key at line 3/],
    ['two YAML documents', 'extensions: {}\n---\nextensions: {}\n', GOOSE, /holds 2 documents/],
    [
      'servers that are a list',
      '{"mcpServers": [{"command": "x"}]}',
      STRICT,
      /has no map of servers under mcpServers/,
    ],
    ['no object', '[1]', STRICT, /holds no object/],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), STRICT, /is not valid UTF-8/],
    [
      'a file that nests too deep',
      `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      STRICT,
      /nests too deep/,
    ],
  ])('%s', (_what, text, kind, why) => {
    expect(planned(text, kind)).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });
});

describe('one server is refused, and its neighbor is guarded', () => {
  const good = '"good": {"command": "npx", "args": ["x"]}';
  test.each<[string, string, FileKind, RegExp]>([
    ['no command', `{"mcpServers": {"bad": {"env": {}}, ${good}}}`, STRICT, /it has no command/],
    [
      'a command that is a number',
      `{"mcpServers": {"bad": {"command": 7}, ${good}}}`,
      STRICT,
      /its command is no text/,
    ],
    [
      'args that are a text',
      `{"mcpServers": {"bad": {"command": "a", "args": "b c"}, ${good}}}`,
      STRICT,
      /its args are no list/,
    ],
    [
      'an empty command',
      `{"mcpServers": {"bad": {"command": ""}, ${good}}}`,
      STRICT,
      /its command is no text/,
    ],
    [
      'an argument with a space in Witsy',
      `{"mcpServers": {"bad": {"command": "a", "args": ["b c"]}, ${good}}}`,
      WITSY,
      /splits arguments at spaces/,
    ],
    [
      'a folded command',
      'extensions:\n  bad:\n    cmd: >-\n      a\n      b\n    args: [x]\n  good: {cmd: npx, args: [x]}\n',
      GOOSE,
      /its command spans lines/,
    ],
    [
      'a tagged command',
      'extensions:\n  bad: {cmd: !!str a, args: [x]}\n  good: {cmd: npx, args: [x]}\n',
      GOOSE,
      /its command|restored to the byte/,
    ],
    [
      'args that are nothing',
      'extensions:\n  bad:\n    cmd: a\n    args:\n  good: {cmd: npx, args: [x]}\n',
      GOOSE,
      /its args are no list/,
    ],
  ])('%s', (_what, text, kind, why) => {
    const plan = planned(text, kind);
    if (plan.kind === 'refused' || plan.after === undefined) throw new Error(JSON.stringify(plan));
    expect(plan.results).toEqual([
      { path: expect.anything(), name: 'bad', outcome: 'refused', why: expect.stringMatching(why) },
      { path: expect.anything(), name: 'good', outcome: 'changed' },
    ]);
    const back = planUninstall(bytesOf(plan.after), kind, plan.notes);
    expect(back.kind === 'plan' && back.after?.text).toBe(text);
  });
});

describe('a server that is left', () => {
  test.each<[string, string, FileKind, RegExp]>([
    ['remote', '{"mcpServers": {"a": {"httpUrl": "https://x.test/mcp"}}}', GEMINI, /--remote/],
    [
      'the client’s own',
      'extensions:\n  a: {type: builtin, enabled: true}\n',
      GOOSE,
      /brings it itself \(builtin\)/,
    ],
    [
      'only switched',
      '{"mcp": {"a": {"enabled": false}}}',
      fileKind('opencode', 'user'),
      /only switches a server/,
    ],
  ])('%s', (_what, text, kind, why) => {
    expect(planned(text, kind)).toMatchObject({
      kind: 'plan',
      after: undefined,
      results: [{ name: 'a', outcome: 'left', why: expect.stringMatching(why) }],
    });
  });
});

test('a guard that a person wrote is recognized, and taken out like one of guard install', () => {
  const text =
    '{"mcpServers": {"a": {"command": "/usr/bin/guard", "args": ["--observe", "--agent", "me", "--", "npx", "x"]}}}';
  const plan = planned(text, STRICT);
  expect(plan).toMatchObject({ kind: 'plan', after: undefined, results: [{ outcome: 'already' }] });
  const back = planUninstall(Buffer.from(text), STRICT, []);
  expect(back.kind === 'plan' && back.after?.text).toBe(
    '{"mcpServers": {"a": {"command": "npx", "args": ["x"]}}}',
  );
});

test.each([
  ['guard serve', ['guard', 'serve']],
  ['another guard', ['guard', 'start', '--', 'x']],
  ['a script of that name elsewhere', ['node', '/x/guard.js', '--', 'x']],
  ['another package', ['npx', '-y', 'mcp-guardian', '--', 'x']],
  ['dashes with nothing behind', ['guard', '--server', 'a', '--']],
])('%s is no guarded server', (_what, [command, ...args]) => {
  const text = JSON.stringify({ mcpServers: { a: { command, args } } });
  expect(planned(text, STRICT)).toMatchObject({ kind: 'plan', results: [{ outcome: 'changed' }] });
});

test('hand edits of neighbors, and of the old arguments, survive', () => {
  const before = '{\n  "mcpServers": {\n    "a": { "command": "npx", "args": ["-y", "x"] }\n  }\n}\n';
  const plan = planned(before, STRICT);
  if (plan.kind === 'refused' || plan.after === undefined) throw new Error('not wrapped');
  const edited = plan.after.text
    .replace('"x"]', '"x", "more"]')
    .replace('\n  }\n}', ',\n    "b": { "command": "y" }\n  },\n  "theme": "dark"\n}');
  const back = planUninstall(Buffer.from(edited), STRICT, plan.notes);
  expect(back.kind === 'plan' && back.after?.text).toBe(
    '{\n  "mcpServers": {\n    "a": { "command": "npx", "args": ["-y", "x", "more"] },\n    "b": { "command": "y" }\n  },\n  "theme": "dark"\n}\n',
  );
});

test('a client that lays its file out anew takes nothing from what it means', () => {
  const before = {
    mcpServers: {
      a: { command: 'npx', args: ['-y', 'x'] },
      b: { command: 'run' },
      c: { command: 'z', args: [] },
    },
  };
  const plan = planned(JSON.stringify(before), STRICT);
  if (plan.kind === 'refused' || plan.after === undefined) throw new Error('not wrapped');
  const anew = JSON.stringify(JSON.parse(plan.after.text), null, 4);
  const back = planUninstall(Buffer.from(anew), STRICT, []);
  expect(back.kind === 'plan' && JSON.parse(back.after?.text ?? '')).toEqual(before);
});

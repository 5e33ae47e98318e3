import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/platform/json.js';
import { evaluate } from '../../src/policy/evaluate.js';
import { explain } from '../../src/policy/explain.js';
import type { Subject } from '../../src/policy/subject.js';
import { BASE, DEFAULT_HINTS, HOME, allow, call, compiled, deny, layer, request } from './support.js';
import { verifies } from '../requirements.js';

verifies('policy:self-protection');

const protection = {
  paths: [
    `${HOME}/.config/guard`,
    `${HOME}/.local/state/guard`,
    `${HOME}/.claude.json`,
    `${HOME}/Library/Application Support/Claude/claude_desktop_config.json`,
    `${BASE}/guard.yaml`,
    '/etc/guard/guard.yaml',
    '/tmp/guard-audit.jsonl',
  ],
  baseDir: BASE,
};
const policy = compiled([layer([allow({})], { mode: 'observe' })], protection);
const readOnly = { ...DEFAULT_HINTS, readOnlyHint: true, destructiveHint: false };

function paths(count: number): JsonObject {
  return { list: Array.from({ length: count }, (_unused, index) => `a/${index}`) };
}

/** How a subject touches what is protected; checked to be what evaluate denies for. */
function touch(subject: Subject): string {
  const kind = explain(policy, subject).protection;
  expect(evaluate(policy, subject).reason).toBe(kind === undefined ? 'rule' : 'self-protection');
  return kind ?? 'none';
}

describe('arguments that touch what guard protects', () => {
  test.each<readonly [JsonObject, string]>([
    [{ path: `${HOME}/.config/guard/guard.yaml` }, 'path'],
    [{ path: '~/.config/guard' }, 'path'],
    [{ path: 'guard.yaml' }, 'path'],
    [{ path: './guard.yaml' }, 'path'],
    [{ path: 'a/../GUARD.yaml' }, 'path'],
    [{ path: '../../home/ada/.claude.json' }, 'path'],
    [{ path: `//home/ada/./.config//guard/x` }, 'path'],
    [{ path: 'file:///home/ada/.config/%67uard/x' }, 'path'],
    [{ path: 'out/guard/guard.yaml' }, 'path'],
    [{ path: 'guard.yaml\n' }, 'path'],
    [{ path: ' guard.yaml' }, 'path'],
    [{ path: 'guard.yaml\0.txt' }, 'path'],
    [{ path: 'lost/../x' }, 'unclear'],
    [{ path: '/private/tmp/guard-audit.jsonl' }, 'path'],
    [{ path: '/tmp/guard-audit.jsonl' }, 'path'],
    [{ deep: [{ er: { list: ['x', '~/.claude.json'] } }] }, 'path'],
    [{ '~/.claude.json': 'as a key' }, 'path'],
    [{ command: 'cat ~/.config/guard/guard.yaml' }, 'mention'],
    [{ command: 'cat "$HOME/.config/guard/key"' }, 'mention'],
    [{ command: 'cat ${HOME}/.claude.json' }, 'mention'],
    [{ command: 'cat "$HOME"/.claude.json' }, 'mention'],
    [
      { command: String.raw`cat ~/Library/Application\ Support/Claude/claude_desktop_config.json` },
      'mention',
    ],
    [{ command: `cat /home/ada/.con"fig"/gu\\ard/x` }, 'mention'],
    [{ text: 'see /home/ada/.claude.json.' }, 'mention'],
    [{ text: 'C:\\home\\ada\\.claude.json' }, 'mention'],
    [{ text: `x=/home/ada//.config/./guard` }, 'mention'],
    [{ command: "sed -i 's/deny/allow/' guard.yaml" }, 'path'],
    [{ command: 'echo x >guard.yaml' }, 'path'],
    [{ command: 'mv ~/.config /elsewhere' }, 'parent'],
    [{ args: ['-rf', '../../home/ada/.config'] }, 'parent'],
    [{ source: '~/.config', destination: '~/.config2' }, 'parent'],
    [{ path: '/etc/guard' }, 'parent'],
    [{ path: `${HOME}/Library` }, 'parent'],
  ])('%j: %s', (input, expected) => {
    expect(touch(call({ input }))).toBe(expected);
  });

  test.each<JsonObject>([
    {},
    { path: 'src/index.ts' },
    { path: '.' },
    { repo_path: BASE },
    { cwd: '/projects' },
    { root: HOME },
    { path: '/' },
    { path: `${HOME}/.config-old/guard` },
    { path: '/backup/home/ada/.config/guard' },
    { path: 'docs/guard.yaml' },
    { path: 'lost/x' },
    { text: 'a/b\n../c' },
    { text: 'edit your guard.yaml' },
    { text: '/home/ada/.config/guardian is another program' },
    { text: '/home/ada/.claude.json.bak and /home/ada/.claude.jsonl' },
    { text: '/mirror/home/ada/.claude.json' },
    { text: 'https://example.com/home/ada/.claude.json' },
    { url: 'https://example.com/guard.yaml' },
    { command: 'npm test && git status' },
    { note: 'guard', amount: 5, on: true, none: null },
  ])('%j is left alone', (input) => {
    expect(touch(call({ input }))).toBe('none');
  });

  test('a parent folder is only protected from tools that change things', () => {
    const input = { path: '~/.config' };
    expect(touch(call({ input }))).toBe('parent');
    expect(touch(call({ input, hints: readOnly }))).toBe('none');
    expect(touch(request('prompts/get', { input }))).toBe('none');
  });

  test('reading is denied as well, and by other methods', () => {
    expect(touch(call({ input: { path: '~/.claude.json' }, hints: readOnly }))).toBe('path');
    expect(touch(request('resources/read', { uri: `file://${HOME}/.claude.json` }))).toBe('path');
    expect(touch(request('x/y', { input: { anything: '~/.claude.json' } }))).toBe('path');
  });

  test('holds with no layers, in any mode and over any rule', () => {
    const subject = call({ input: { path: '~/.claude.json' } });
    for (const layers of [[], [layer([allow({})])], [layer([deny({})])]]) {
      const decision = evaluate(compiled(layers, protection), subject);
      expect(decision).toMatchObject({
        effect: 'deny',
        reason: 'self-protection',
        rule: { name: 'self-protection', layer: 'built-in', index: -1 },
      });
      expect(decision.feedback?.message).toMatch(/guard/);
    }
  });

  test('more paths than can be checked are denied', () => {
    expect(touch(call({ input: paths(4096) }))).toBe('none');
    expect(touch(call({ input: paths(4097) }))).toBe('too-many');
  });

  test('long texts made of near misses finish', () => {
    const input = { text: '/home/ada/.config/ '.repeat(50_000), more: `${'/'.repeat(500_000)}'/`.repeat(2) };
    expect(touch(call({ input }))).toBe('none');
  });

  test('text that is no path asks the file system nothing', () => {
    let asked = 0;
    const counting = compiled([], protection);
    const policyThatCounts = {
      ...counting,
      ports: {
        ...counting.ports,
        canonicalPath: (text: string, baseDir: string) => {
          asked += 1;
          return counting.ports.canonicalPath(text, baseDir);
        },
      },
    };
    const input = { query: 'all invoices', currency: 'EUR', body: 'a\nlong text', n: 1, u: 'https://a.b/c' };
    evaluate(policyThatCounts, call({ input }));
    expect(asked).toBe(0);
    evaluate(policyThatCounts, call({ input: { path: 'a/b', other: 'a/b' } }));
    expect(asked).toBe(1);
  });
});

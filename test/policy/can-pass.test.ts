import { describe, expect, test } from 'vitest';
import { canPossiblyPass } from '../../src/policy/can-pass.js';
import type { LayerSource } from '../../src/policy/compile.js';
import type { MatchSource } from '../../src/policy/source.js';
import { DEFAULT_HINTS, allow, ask, compiled, deny, layer } from './support.js';

const some: MatchSource = { input: { '$.a': { eq: 1 } } };

function canPass(
  layers: readonly LayerSource[],
  standing: 'listed' | 'unlisted' | 'drifted' = 'listed',
): boolean {
  return canPossiblyPass(compiled(layers), {
    name: 'delete_all',
    server: 'files',
    agent: undefined,
    client: undefined,
    claims: undefined,
    scopes: undefined,
    standing,
    hints: DEFAULT_HINTS,
  });
}

describe('tools that no call could pass', () => {
  test.each<readonly [string, readonly LayerSource[], boolean]>([
    ['no policy', [], true],
    ['denied by name', [layer([deny({ tool: 'delete_*' })])], false],
    ['denied by hint', [layer([deny({ annotations: { destructiveHint: true } })])], false],
    ['denied for some arguments', [layer([deny(some)])], true],
    ['denied for some, denied by default', [layer([deny(some)], { policy: { default: 'deny' } })], false],
    ['allowed for some, denied by default', [layer([allow(some)], { policy: { default: 'deny' } })], true],
    ['asked for some, denied by default', [layer([ask(some)], { policy: { default: 'deny' } })], true],
    ['denied before it is allowed', [layer([deny({}), allow({})])], false],
    ['allowed before it is denied', [layer([allow(some), deny({})])], true],
    ['needs approval', [layer([ask({})])], true],
    ['dry run', [layer([{ name: 'dry', match: {}, action: 'dry_run' }])], true],
    ['denied in observe mode', [layer([deny({})], { mode: 'observe' })], true],
    ['hiding is off', [layer([deny({})], { policy: { hide_denied: false } })], true],
    ['denied by one of two layers', [layer([]), layer([deny({})], { layer: 'project' })], false],
    ['another tool', [layer([deny({ tool: 'x' })])], true],
  ])('%s: %s', (_what, layers, expected) => {
    expect(canPass(layers)).toBe(expected);
  });

  test('drifted tools are hidden where drift blocks', () => {
    expect(canPass([layer([])], 'drifted')).toBe(false);
    expect(canPass([layer([], { policy: { on_tool_drift: 'require_approval' } })], 'drifted')).toBe(true);
    expect(canPass([layer([])], 'unlisted')).toBe(false);
  });
});

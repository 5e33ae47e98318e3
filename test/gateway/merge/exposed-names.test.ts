import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExposedNames, type OwnName } from '../../../src/gateway/merge/exposed-names.js';
import { GATEWAY_NAMES_MAX } from '../../../src/platform/bounds.js';

interface TestNames {
  readonly names: ExposedNames;
  /** Each collision that was told: `exposed: first x second`. */
  readonly collisions: string[];
}

function namesWith(separator = '__', plain: readonly string[] = []): TestNames {
  const collisions: string[] = [];
  const names = new ExposedNames({
    separator,
    isNamespaced: (upstream) => !plain.includes(upstream),
    onCollision: (exposed, first, second) => collisions.push(`${exposed}: ${text(first)} x ${text(second)}`),
  });
  return { names, collisions };
}

test('a name gets its server and the separator in front', () => {
  expect(namesWith().names.expose({ upstream: 'files', name: 'read' })).toBe('files__read');
  expect(namesWith(':').names.expose({ upstream: 'files', name: 'read' })).toBe('files:read');
});

test('what hosts refuse in a name becomes an underscore, and leads back to the name as it was', () => {
  const { names } = namesWith();
  const own = { upstream: 'files', name: 'a.b/c d:é' };
  expect(names.expose(own)).toBe('files__a_b_c_d__');
  expect(names.resolve('files__a_b_c_d__')).toEqual(own);
});

test('a name of 64 characters stays, a longer one is cut to 64 and ends with a digest that never changes', () => {
  const { names } = namesWith();
  const fits = { upstream: 'files', name: 'n'.repeat(57) };
  expect(names.expose(fits)).toBe(`files__${'n'.repeat(57)}`);
  const long = { upstream: 'files', name: 'n'.repeat(58) };
  const exposed = names.expose(long);
  expect(exposed).toMatch(/^files__n{48}_[0-9a-f]{8}$/);
  expect(exposed).toHaveLength(64);
  expect(namesWith().names.expose(long)).toBe(exposed);
  expect(names.resolve(exposed ?? '')).toEqual(long);
});

test('two long names with the same beginning are told apart', () => {
  const { names, collisions } = namesWith();
  const one = names.expose({ upstream: 'files', name: `${'n'.repeat(80)}1` });
  const two = names.expose({ upstream: 'files', name: `${'n'.repeat(80)}2` });
  expect(one).not.toBe(two);
  expect(collisions).toEqual([]);
});

test('two names that look alike after the mapping: the first keeps it, the second is reported once', () => {
  const { names, collisions } = namesWith();
  expect(names.expose({ upstream: 'files', name: 'a.b' })).toBe('files__a_b');
  for (let round = 0; round < 3; round++) {
    expect(names.expose({ upstream: 'files', name: 'a/b' })).toBeUndefined();
  }
  expect(names.expose({ upstream: 'files', name: 'a.b' })).toBe('files__a_b');
  expect(collisions).toEqual(['files__a_b: files/a.b x files/a/b']);
  expect(names.resolve('files__a_b')).toEqual({ upstream: 'files', name: 'a.b' });
});

test('a server cannot write itself into the names of another one', () => {
  const { names, collisions } = namesWith('_');
  expect(names.expose({ upstream: 'a_b', name: 'c' })).toBe('a_b_c');
  expect(names.expose({ upstream: 'a', name: 'b_c' })).toBeUndefined();
  expect(names.resolve('a_b_c')).toEqual({ upstream: 'a_b', name: 'c' });
  expect(collisions).toEqual(['a_b_c: a_b/c x a/b_c']);
});

test('the way back is looked up and never read out of the name', () => {
  const { names } = namesWith();
  names.expose({ upstream: 'files', name: 'read' });
  expect(names.resolve('files__write')).toBeUndefined();
  expect(names.resolve('read')).toBeUndefined();
  expect(names.resolve('__proto__')).toBeUndefined();
});

test('a server without a namespace shows its names as they are, of any length', () => {
  const { names, collisions } = namesWith('__', ['plain', 'second']);
  const own = { upstream: 'plain', name: `a.b/${'n'.repeat(100)}` };
  expect(names.expose(own)).toBe(own.name);
  expect(names.resolve(own.name)).toEqual(own);
  expect(names.expose({ upstream: 'second', name: own.name })).toBeUndefined();
  expect(collisions).toHaveLength(1);
  expect(names.expose({ upstream: 'plain', name: 'files__read' })).toBe('files__read');
  expect(names.expose({ upstream: 'files', name: 'read' })).toBeUndefined();
});

test('a server that is gone leaves its names to others, and collisions are told anew', () => {
  const { names, collisions } = namesWith('__', ['one', 'two']);
  names.expose({ upstream: 'one', name: 'x' });
  names.expose({ upstream: 'two', name: 'x' });
  names.forget('one');
  expect(names.resolve('x')).toBeUndefined();
  expect(names.expose({ upstream: 'two', name: 'x' })).toBe('x');
  expect(names.expose({ upstream: 'one', name: 'x' })).toBeUndefined();
  expect(collisions).toEqual(['x: one/x x two/x', 'x: two/x x one/x']);
});

test('a bounded number of names is remembered; those keep their way back', () => {
  const { names } = namesWith();
  for (let index = 0; index < GATEWAY_NAMES_MAX; index++) names.expose({ upstream: 'u', name: `${index}` });
  expect(names.expose({ upstream: 'u', name: 'one more' })).toBeUndefined();
  expect(names.resolve('u__0')).toEqual({ upstream: 'u', name: '0' });
});

test('whatever is shown leads back to what it stands for, within what hosts take', () => {
  const upstream = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const own = fc.record({
    upstream,
    name: fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom('a', 'b')),
  });
  fc.assert(
    fc.property(fc.array(own, { maxLength: 30 }), fc.constantFrom('__', '_', '-', ''), (owns, separator) => {
      const { names } = namesWith(separator);
      for (const one of owns) names.expose(one);
      for (const one of owns) {
        const exposed = names.expose(one);
        if (exposed === undefined) continue;
        expect(exposed).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(names.resolve(exposed)).toEqual(one);
      }
    }),
  );
});

function text({ upstream, name }: OwnName): string {
  return `${upstream}/${name}`;
}

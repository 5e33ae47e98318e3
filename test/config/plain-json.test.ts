import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfigText } from '../../src/config/parse.js';
import { plainJson } from '../../src/config/plain-json.js';

test('one JSON object is its value', () => {
  const text = '{"version":"1","a:b":[1,2.5,{"c":"d\\":"}],"e":{"f":null,"g":true}}';
  expect(plainJson(text)).toEqual(JSON.parse(text));
});

test.each([
  ['a key that stands twice', '{"a":1,"a":1}'],
  ['one deep inside', '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
  ['one that is written with an escape', String.raw`{"a":1,"\u0061":2}`],
  ['an integer that loses digits', '{"a":9007199254740993}'],
  ['a number that is none any more', '{"a":1e999}'],
  ['the key __proto__', '{"__proto__":{"a":1}}'],
  ['what is no object', '[1]'],
  ['what is no JSON', 'version: 1'],
  ['two values', '{} {}'],
  ['deep nesting', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`],
])('%s is left to the YAML parser', (_what, text) => {
  expect(plainJson(text)).toBeUndefined();
});

test('whatever it takes, the YAML parser reads the same', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '<<', '1', 'x:y', 'q"'), fc.string());
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 5 }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const plain = plainJson(text);
      // The leading line makes of it a text that is YAML and no JSON.
      const yaml = parseConfigText('guard.yaml', `# a comment\n${text}`);
      if (plain !== undefined)
        expect({ value: yaml.value, mistakes: yaml.mistakes }).toEqual({ value: plain, mistakes: [] });
    }),
  );
});

test('a mistake in JSON is found at its place', () => {
  const { locate } = parseConfigText('guard.json', '{\n  "version": "1",\n  "mode": "loud"\n}');
  expect(locate(['mode'])).toEqual({ line: 3, column: 11 });
  expect(locate(['mode'], 'key')).toEqual({ line: 3, column: 3 });
});

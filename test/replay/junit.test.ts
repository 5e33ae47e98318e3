import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { junitXml } from '../../src/replay/junit.js';
import { verifies } from '../requirements.js';

verifies('test:junit');

/** A document of elements, attributes and text in which every special character is an entity. */
const NAME = '[a-z]+';
const TEXT = '(?:[^<>&]|&(?:amp|lt|gt|quot|apos);)*';
const TAG = new RegExp(
  `<(?:/${NAME}|${NAME}(?: ${NAME}="(?:[^<>&"']|&(?:amp|lt|gt|quot|apos);)*")*/?)>${TEXT}`,
  'y',
);

/** Reads the tags of a document and sees to it that they nest; throws where it is not well-formed. */
function tagsOf(xml: string): string[] {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(xml.startsWith(head)).toBe(true);
  const open: string[] = [];
  const tags: string[] = [];
  for (let at = head.length; at < xml.length; at = TAG.lastIndex) {
    TAG.lastIndex = at;
    const [found] = TAG.exec(xml) ?? [];
    if (found === undefined)
      throw new Error(`not well-formed from ${JSON.stringify(xml.slice(at, at + 60))}`);
    const [, closes, name = '', rest = ''] = /^<(\/?)([a-z]+)([^]*?)>/.exec(found) ?? [];
    tags.push(name);
    if (closes === '/') expect(open.pop()).toBe(name);
    else if (!rest.replaceAll(/"[^"]*"/g, '').endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  return tags;
}

test('the report is well-formed whatever names and messages hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(']]>', '<a>', '&amp;', '"\'', '\u0000\ufffe\uffff\ud800', '-->\n<!--'),
  );
  const tests = fc.array(
    fc.record({ name: text, failure: fc.option(fc.record({ message: text, text }), { nil: undefined }) }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(fc.record({ path: text, tests }), { maxLength: 3 }), (files) => {
      const xml = junitXml(files);
      const tags = tagsOf(xml);
      const all = files.flatMap((file) => file.tests);
      const failures = all.filter(({ failure }) => failure !== undefined).length;
      expect(tags.filter((tag) => tag === 'failure')).toHaveLength(2 * failures);
      expect(xml).toContain(`<testsuites name="guard test" tests="${all.length}" failures="${failures}"`);
      // What XML 1.0 has no place for is not in it.
      expect(xml).not.toMatch(/[^\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    }),
  );
});

test('the lines of a failure stay lines', () => {
  const xml = junitXml([{ path: 'a', tests: [{ name: 'b', failure: { message: 'm', text: 'one\ntwo' } }] }]);
  expect(xml).toContain('message="m">one\ntwo</failure>');
});

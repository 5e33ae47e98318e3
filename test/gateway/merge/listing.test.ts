import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LIST_KINDS,
  mergedList,
  readPage,
  renamedEntry,
  type ListKind,
} from '../../../src/gateway/merge/listing.js';

function kindOf(method: string): ListKind {
  const kind = LIST_KINDS.get(method);
  if (kind === undefined) throw new Error(`${method} is no list`);
  return kind;
}

const TOOLS = kindOf('tools/list');

function answer(result: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":3,"result":${result}}\n`);
}

describe('a page', () => {
  test('is read into the entries’ own bytes', () => {
    const odd = String.raw`{ "name" : "a\u0062", "max":12345678901234567890, "x": 1.0 }`;
    const page = readPage(answer(`{"tools":[${odd} , {"name":"c"}]}`), TOOLS);
    expect(page?.entries.map(({ key, bytes }) => [key, bytes.toString()])).toEqual([
      ['ab', odd],
      ['c', '{"name":"c"}'],
    ]);
    expect(page).toMatchObject({ nextCursor: undefined, ttlMs: 0 });
  });

  test.each([
    ['prompts/list', '{"prompts":[{"name":"p"}]}', 'p'],
    ['resources/list', '{"resources":[{"uri":"file:///a","name":"n"}]}', 'file:///a'],
    ['resources/templates/list', '{"resourceTemplates":[{"uriTemplate":"a{b}","name":"n"}]}', 'a{b}'],
  ])('of %s is keyed by what tells its entries apart', (method, result, key) => {
    expect(readPage(answer(result), kindOf(method))?.entries.map((entry) => entry.key)).toEqual([key]);
  });

  test('without a key an entry is left out, whatever it is', () => {
    const page = readPage(answer('{"tools":[{"name":7},null,[1],"x",{"name":"ok"}]}'), TOOLS);
    expect(page?.entries.map(({ key }) => key)).toEqual(['ok']);
  });

  test('an empty cursor is a cursor, and null is none', () => {
    expect(readPage(answer('{"tools":[],"nextCursor":""}'), TOOLS)?.nextCursor).toBe('');
    expect(readPage(answer('{"tools":[],"nextCursor":null}'), TOOLS)?.nextCursor).toBeUndefined();
  });

  test.each([
    ['12', 12],
    ['0', 0],
    ['-1', 0],
    ['"12"', 0],
  ])('that may be kept for %s ms counts as %d', (given, ttlMs) => {
    expect(readPage(answer(`{"tools":[],"ttlMs":${given}}`), TOOLS)?.ttlMs).toBe(ttlMs);
  });

  test.each([
    ['an error', '{"jsonrpc":"2.0","id":3,"error":{"code":1,"message":"m"}}\n'],
    ['a list that is none', '{"jsonrpc":"2.0","id":3,"result":{"tools":{}}}\n'],
    ['another list', '{"jsonrpc":"2.0","id":3,"result":{"prompts":[]}}\n'],
    ['a result that is null', '{"jsonrpc":"2.0","id":3,"result":null}\n'],
  ])('is not read out of %s', (_title, line) => {
    expect(readPage(Buffer.from(line), TOOLS)).toBeUndefined();
  });
});

describe('an entry', () => {
  test('gets another name, and every other byte stays', () => {
    const bytes = Buffer.from('{ "x":{"name":"in"}, "name" : "a" ,"max":12345678901234567890}');
    expect(renamedEntry(bytes, 'name', 'files__a').toString()).toBe(
      '{ "x":{"name":"in"}, "name" : "files__a" ,"max":12345678901234567890}',
    );
  });

  test('keeps a name that needs escapes whole', () => {
    const renamed = renamedEntry(Buffer.from('{"name":"a"}'), 'name', 'b"\n');
    expect(JSON.parse(renamed.toString())).toEqual({ name: 'b"\n' });
  });
});

describe('the merged list', () => {
  const entries = [Buffer.from('{"name":"a","n":12345678901234567890}'), Buffer.from('{"name":"b"}')];

  test('of the older era holds the entries and nothing that it does not know', () => {
    expect(mergedList({ kind: TOOLS, entries, modern: false, ttlMs: 9 }).toString()).toBe(
      '{"jsonrpc":"2.0","id":0,"result":{"tools":[{"name":"a","n":12345678901234567890},{"name":"b"}]}}\n',
    );
  });

  test('of the modern era says how long it may be kept, and that it is this caller’s alone', () => {
    const line = mergedList({ kind: TOOLS, entries: [], modern: true, ttlMs: 9 }).toString();
    expect(JSON.parse(line)).toEqual({
      jsonrpc: '2.0',
      id: 0,
      result: { resultType: 'complete', ttlMs: 9, cacheScope: 'private', tools: [] },
    });
  });

  test('gives the entries of any page back byte for byte', () => {
    const entry = fc
      .tuple(fc.string(), fc.jsonValue(), fc.constantFrom(0, 1, 2))
      .map(([name, more, indent]) => JSON.stringify({ more, name }, null, indent).replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (texts) => {
        const page = readPage(answer(`{"tools":[${texts.join(' ,')}]}`), TOOLS);
        const bytes = page?.entries.map((one) => one.bytes) ?? [];
        expect(bytes.map(String)).toEqual(texts);
        const merged = mergedList({ kind: TOOLS, entries: bytes, modern: true, ttlMs: 0 });
        expect(readPage(merged, TOOLS)?.entries.map((one) => one.bytes.toString())).toEqual(texts);
      }),
    );
  });
});

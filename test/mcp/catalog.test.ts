import { describe, expect, test } from 'vitest';
import { Catalog } from '../../src/mcp/catalog.js';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import { CATALOG_PAGES_MAX, CATALOG_TOOLS_MAX } from '../../src/platform/bounds.js';
import type { JsonObject, JsonValue } from '../../src/platform/json.js';
import { verifies } from '../requirements.js';

verifies('policy:list:all-pages');

function tool(name: string, more: JsonObject = {}): JsonObject {
  return { name, inputSchema: { type: 'object' }, ...more };
}

/** A page with these tools, and a cursor to the next one. */
function page(tools: JsonValue, nextCursor?: JsonValue): JsonObject {
  return nextCursor === undefined ? { tools } : { tools, nextCursor };
}

/** A catalog that has seen these pages, each asked for with the cursor of the one before. */
function catalogOf(...pages: JsonObject[]): Catalog {
  const catalog = new Catalog();
  let cursor: string | undefined;
  for (const one of pages) {
    catalog.observePage(cursor, one);
    cursor = typeof one['nextCursor'] === 'string' ? one['nextCursor'] : undefined;
  }
  return catalog;
}

function standings(catalog: Catalog, ...names: string[]): string {
  return names.map((name) => catalog.standing(name)).join(' ');
}

describe('pages', () => {
  test('nothing is known before a list', () => {
    expect(standings(new Catalog(), 'a', '__proto__', 'constructor')).toBe('unknown unknown unknown');
  });

  test('a list of one page is whole', () => {
    expect(standings(catalogOf(page([tool('a')])), 'a', 'b')).toBe('listed unlisted');
    expect(standings(catalogOf(page([])), 'a')).toBe('unlisted');
  });

  test('a list is whole with its last page, not before', () => {
    const catalog = catalogOf(page([tool('a')], 'c1'), page([tool('b')], 'c2'));
    expect(standings(catalog, 'a', 'b', 'c')).toBe('listed listed unknown');
    catalog.observePage('c2', page([tool('c')]));
    expect(standings(catalog, 'a', 'b', 'c', 'd')).toBe('listed listed listed unlisted');
  });

  test('the empty string is a cursor like any other', () => {
    const catalog = catalogOf(page([tool('a')], ''));
    expect(standings(catalog, 'a', 'b')).toBe('listed unknown');
    catalog.observePage('', page([tool('b')]));
    expect(standings(catalog, 'a', 'b', 'c')).toBe('listed listed unlisted');
  });

  test('a list that was not seen from its first page completes nothing', () => {
    const catalog = new Catalog();
    catalog.observePage('c9', page([tool('z')]));
    expect(standings(catalog, 'z', 'a')).toBe('listed unknown');
  });

  test.each([[null], [7], [['c1']], [{}]])('a cursor %j is no cursor, so the list ends', (cursor) => {
    expect(standings(catalogOf(page([tool('a')], cursor)), 'a', 'b')).toBe('listed unlisted');
  });

  test('two lists read at one time are kept apart', () => {
    const catalog = new Catalog();
    catalog.observePage(undefined, page([tool('a')], 'x1'));
    catalog.observePage(undefined, page([tool('b')], 'y1'));
    catalog.observePage('x1', page([tool('c')]));
    expect(standings(catalog, 'a', 'b', 'c')).toBe('listed unlisted listed');
    catalog.observePage('y1', page([tool('d')]));
    expect(standings(catalog, 'a', 'b', 'c', 'd')).toBe('unlisted listed unlisted listed');
  });

  test('a list with endless pages is followed up to the bound and never becomes whole', () => {
    const catalog = new Catalog();
    let cursor: string | undefined;
    for (let index = 0; index < CATALOG_PAGES_MAX + 10; index++) {
      catalog.observePage(cursor, page([tool(`t${index}`)], `c${index}`));
      cursor = `c${index}`;
    }
    catalog.observePage(cursor, page([tool('end')]));
    expect(standings(catalog, 't0', 'none')).toBe('listed unknown');
  });

  test('more lists than the bound push out the oldest', () => {
    const catalog = new Catalog();
    for (let index = 0; index < 17; index++) catalog.observePage(undefined, page([tool('a')], `c${index}`));
    catalog.observePage('c0', page([tool('b')]));
    expect(standings(catalog, 'x')).toBe('unknown');
    catalog.observePage('c16', page([tool('b')]));
    expect(standings(catalog, 'x')).toBe('unlisted');
  });

  test('tools beyond the bound are listed, with the hints that nobody claimed', () => {
    const many = Array.from({ length: CATALOG_TOOLS_MAX + 1 }, (_, index) =>
      tool(`t${index}`, { annotations: { readOnlyHint: true } }),
    );
    const catalog = catalogOf(page(many));
    const last = `t${CATALOG_TOOLS_MAX}`;
    expect(standings(catalog, 't0', last, 'none')).toBe('listed listed unlisted');
    expect([catalog.hints('t0').readOnlyHint, catalog.hints(last).readOnlyHint]).toEqual([true, false]);
  });

  test.each<[string, JsonObject]>([
    ['no tools', {}],
    ['tools that are no list', { tools: { name: 'a' } }],
    ['definitions that are none', { tools: [null, 'a', ['a'], {}, { name: 7 }, { name: ['a'] }] }],
  ])('a page with %s lists nothing', (_name, result) => {
    expect(standings(catalogOf(result), 'a')).toBe('unlisted');
  });
});

describe('after the server said that its tools changed', () => {
  test('known tools stay listed, others are unknown until the next whole list', () => {
    const catalog = catalogOf(page([tool('a')]));
    catalog.markStale();
    expect(standings(catalog, 'a', 'b')).toBe('listed unknown');
    catalog.observePage(undefined, page([tool('b')]));
    expect(standings(catalog, 'a', 'b')).toBe('unlisted listed');
  });

  test('a list that was half read then is begun anew', () => {
    const catalog = catalogOf(page([tool('a')], 'c1'));
    catalog.markStale();
    catalog.observePage('c1', page([tool('b')]));
    expect(standings(catalog, 'x')).toBe('unknown');
  });
});

describe('drift', () => {
  const before = tool('a', { description: 'reads', annotations: { readOnlyHint: true } });

  test.each<[string, JsonObject, string[]]>([
    ['the same definition', { ...before }, []],
    [
      'other order of members',
      {
        annotations: { readOnlyHint: true },
        description: 'reads',
        inputSchema: { type: 'object' },
        name: 'a',
      },
      [],
    ],
    ['another description', { ...before, description: 'deletes' }, ['description']],
    ['another hint', { ...before, annotations: { readOnlyHint: false } }, ['annotations']],
    ['one hint more', { ...before, annotations: { readOnlyHint: true, title: 'x' } }, ['annotations']],
    ['another schema', { ...before, inputSchema: { type: 'object', required: [] } }, ['inputSchema']],
    ['a new member', { ...before, outputSchema: {} }, ['outputSchema']],
    ['a member gone', tool('a', { description: 'reads' }), ['annotations']],
    ['two changes', { ...before, description: 'x', title: 'y' }, ['description', 'title']],
  ])('%s', (_name, after, aspects) => {
    const catalog = catalogOf(page([before]));
    const drifts = catalog.observePage(undefined, page([after]));
    const expected = aspects.length === 0 ? undefined : { tool: 'a', aspects };
    expect(catalog.drift('a')).toEqual(expected);
    expect(drifts).toEqual(expected === undefined ? [] : [expected]);
    expect(catalog.standing('a')).toBe(aspects.length === 0 ? 'listed' : 'drifted');
    expect(catalog.hints('a').readOnlyHint).toBe(aspects.length === 0);
  });

  test('the first definition stays the baseline, also while the tool is away', () => {
    const catalog = catalogOf(page([before]));
    catalog.observePage(undefined, page([]));
    expect(standings(catalog, 'a')).toBe('unlisted');
    catalog.observePage(undefined, page([{ ...before, description: 'deletes' }]));
    expect(standings(catalog, 'a')).toBe('drifted');
  });

  test('a definition that goes back is trusted again', () => {
    const catalog = catalogOf(page([before]));
    catalog.observePage(undefined, page([{ ...before, description: 'deletes' }]));
    catalog.observePage(undefined, page([before]));
    expect([catalog.standing('a'), catalog.drift('a')]).toEqual(['listed', undefined]);
    expect(catalog.hints('a').readOnlyHint).toBe(true);
  });

  test.each<[string, JsonObject[]]>([
    ['on one page', [page([before, before])]],
    ['on two pages', [page([before], 'c1'), page([before])]],
    ['with other definitions between', [page([before, tool('b'), tool('a')])]],
  ])('a name listed twice %s is not trusted', (_name, pages) => {
    const catalog = catalogOf(...pages);
    expect(catalog.drift('a')).toEqual({ tool: 'a', aspects: ['duplicate'] });
    expect(catalog.standing('a')).toBe('drifted');
    expect(catalog.hints('a')).toEqual(DEFAULT_HINTS);
  });

  test('tools with names of prototypes are tools like others', () => {
    const catalog = catalogOf(page([tool('__proto__'), tool('constructor')]));
    expect(standings(catalog, '__proto__', 'constructor', 'toString')).toBe('listed listed unlisted');
  });
});

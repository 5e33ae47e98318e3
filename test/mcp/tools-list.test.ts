import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerInspector } from '../../src/jsonrpc/server-line.js';
import { withoutTools } from '../../src/mcp/tools-list.js';
import type { JsonObject } from '../../src/platform/json.js';
import { jsonValue, spaced, spaces } from '../jsonrpc/json-text.js';

const inspector = new ServerInspector();

/** The answer without the tools whose name begins with `h`, or null when all stay. */
function filtered(line: string): string | null {
  const bytes = Buffer.from(line);
  expect(inspector.inspect(bytes, 0, bytes.length).kind).toBe('answer');
  const span = inspector.resultMember(bytes, 'tools');
  if (span === null) throw new Error('no tools');
  const { result } = JSON.parse(line) as { result: JsonObject };
  const kept = withoutTools(bytes, span, result, (name) => name.startsWith('h'));
  return kept === null ? null : kept.toString('utf8');
}

function answer(tools: string): string {
  return `{"jsonrpc":"2.0","id":1,"result":{"nextCursor": "n" ,"tools":${tools},"_meta":{"tools":[1.0]}}}`;
}

test.each<[string, string | null]>([
  ['[]', null],
  ['[{"name":"a"}]', null],
  ['[{"name":"hide"}]', '[]'],
  ['[ {"name":"hide"} ]', '[]'],
  ['[{"name":"hide"},{"name":"a"}]', '[{"name":"a"}]'],
  ['[{"name":"a"},{"name":"hide"}]', '[{"name":"a"}]'],
  [
    '[{"name":"a" , "n":1.0}, {"name":"h1"}, {"name":"h2"} , {"x":[1,{}],"name":"b"}]',
    '[{"name":"a" , "n":1.0},{"x":[1,{}],"name":"b"}]',
  ],
  [String.raw`[{"name":"\u0068ide"},{"name":"a","d":"],\"}"}]`, String.raw`[{"name":"a","d":"],\"}"}]`],
  [
    '[null,7,"hide",["hide"],{"name":["hide"]},{"name":"hide"}]',
    '[null,7,"hide",["hide"],{"name":["hide"]}]',
  ],
  ['{"name":"hide"}', null],
])('%s leaves %s', (tools, expected) => {
  expect(filtered(answer(tools))).toBe(expected === null ? null : answer(expected));
});

test('the kept tools and all else keep their bytes', () => {
  const definition = fc.record({
    name: fc.constantFrom('a', 'b', 'h1', 'h2', 'h"3'),
    inputSchema: jsonValue,
    annotations: jsonValue,
  });
  fc.assert(
    fc.property(fc.array(definition, { maxLength: 8 }), spaces, (tools, blank) => {
      const texts = tools.map((tool) => spaced(tool, blank).trim());
      const line = answer(`[ ${texts.join(' , ')}\t]`);
      const kept = texts.filter((_, index) => tools[index]?.name.startsWith('h') === false);
      const expected = kept.length === texts.length ? null : answer(`[${kept.join(',')}]`);
      expect(filtered(line)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

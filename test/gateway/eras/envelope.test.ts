import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withEnvelope, withMeta, withoutEnvelope } from '../../../src/gateway/eras/envelope.js';
import { memberTexts, messageLine, objectText } from '../../../src/gateway/eras/member-texts.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/platform/json.js';
import { request, textOf } from './held-port.js';

const ENVELOPE: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

const value = fc.json().map((text) => JSON.parse(text) as JsonValue);
const params = fc.dictionary(fc.string(), value);
const layout = fc.constantFrom<string | number>('', 1, 3);

function lineOf(given: JsonObject, indent: string | number): Buffer {
  const text = JSON.stringify(given, null, indent).replaceAll('\n', ' ');
  return Buffer.from(`${request(1, 'tools/call', text)}\n`);
}

function read(line: Buffer): JsonObject {
  return JSON.parse(textOf(line)) as JsonObject;
}

describe('the envelope', () => {
  test('is put in whatever the params are, once, and nothing else changes', () => {
    fc.assert(
      fc.property(params, fc.option(value, { nil: undefined }), layout, (rest, meta, indent) => {
        const given = meta === undefined ? rest : { ...rest, _meta: meta };
        const line = withEnvelope(lineOf(given, indent), ENVELOPE);
        const kept = isJsonObject(meta) ? meta : {};
        const expected = { ...rest, _meta: { ...kept, ...ENVELOPE } };
        expect(read(line)['params']).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(textOf(line).split('/clientCapabilities"')).toHaveLength(2);
      }),
    );
  });

  test('that was put in is taken out again: what remains are the client’s own bytes', () => {
    fc.assert(
      fc.property(params, fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value), (rest, meta) => {
        const { inputResponses: _answers, requestState: _state, ...own } = rest;
        const line = lineOf({ ...own, _meta: meta }, '');
        const put = withEnvelope(line, ENVELOPE);
        expect(textOf(withoutEnvelope(put, read(put)))).toBe(textOf(line));
      }),
    );
  });

  test.each(['null', '[]', '7', '"x"'])('is put in the place of params that are %s', (text) => {
    expect(read(withMeta(Buffer.from(`${request(1, 'm', text)}\n`), '"a":1'))['params']).toEqual({
      _meta: { a: 1 },
    });
  });

  test('is no matter of a message without params', () => {
    const line = Buffer.from(`${request(1, 'tools/list')}\n`);
    expect(withoutEnvelope(line, read(line))).toBe(line);
  });
});

describe('members as texts', () => {
  test('are read and written back byte for byte', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), layout, (given, indent) => {
        const line = lineOf(given, indent);
        const texts = memberTexts(line, ['params']);
        expect(JSON.parse(objectText(texts).toString())).toEqual(JSON.parse(JSON.stringify(given)));
        for (const text of texts.values()) expect(textOf(line)).toContain(text.toString());
      }),
    );
  });

  test('of what is no object are none', () => {
    const line = Buffer.from(`${request(1, 'm', '[1]')}\n`);
    expect(memberTexts(line, ['params']).size).toBe(0);
    expect(memberTexts(line, ['nothing']).size).toBe(0);
  });

  test('make a whole message', () => {
    expect(textOf(messageLine([['id', Buffer.from('12345678901234567890')]]))).toBe(
      '{"jsonrpc":"2.0","id":12345678901234567890}',
    );
  });
});

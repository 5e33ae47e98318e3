import { describe, expect, test } from 'vitest';
import {
  elicitationFrame,
  elicitsForms,
  formAnswerOf,
  requestElicitsForms,
  yesNoForm,
} from '../../src/mcp/elicitation.js';
import type { JsonObject, JsonValue } from '../../src/platform/json.js';

describe('a client shows forms', () => {
  test.each<[JsonValue, boolean]>([
    [{ elicitation: {} }, true],
    [{ elicitation: { form: {} } }, true],
    [{ elicitation: { form: {}, url: {} } }, true],
    [{ elicitation: { url: {} } }, false],
    [{ elicitation: { form: true } }, false],
    [{ elicitation: true }, false],
    [{ elicitation: [] }, false],
    [{ elicitation: null }, false],
    [{}, false],
    [[], false],
    ['elicitation', false],
  ])('with the capabilities %j: %s', (capabilities, shows) => {
    expect(elicitsForms({ capabilities })).toBe(shows);
    const _meta = { 'io.modelcontextprotocol/clientCapabilities': capabilities };
    expect(requestElicitsForms({ _meta })).toBe(shows);
    // Each era has its own place.
    expect(elicitsForms({ _meta })).toBe(false);
    expect(requestElicitsForms({ capabilities })).toBe(false);
  });

  test('only where it says so', () => {
    for (const params of [undefined, {}, { _meta: null }, { _meta: 'x' }] satisfies (
      | JsonObject
      | undefined
    )[]) {
      expect([elicitsForms(params), requestElicitsForms(params)]).toEqual([false, false]);
    }
    const inherited = Object.create({ capabilities: { elicitation: {} } }) as JsonObject;
    expect(elicitsForms(inherited)).toBe(false);
  });
});

test('a plain question is an empty form, and one with a choice presets none', () => {
  expect(yesNoForm('sure?', false)).toEqual({
    mode: 'form',
    message: 'sure?',
    requestedSchema: { type: 'object', properties: {} },
  });
  const { requestedSchema } = yesNoForm('sure?', true) as { requestedSchema: JsonObject };
  expect(requestedSchema['required']).toEqual(['decision']);
  expect(requestedSchema['properties']).toMatchObject({
    decision: { type: 'string', enum: ['approve', 'deny'] },
  });
  expect(JSON.stringify(requestedSchema)).not.toContain('default');
});

test('a question of guard is one request', () => {
  const frame = elicitationFrame('guard-1', yesNoForm('a\nb', false)).toString();
  expect(frame.indexOf('\n')).toBe(frame.length - 1);
  expect(JSON.parse(frame)).toMatchObject({ jsonrpc: '2.0', id: 'guard-1', method: 'elicitation/create' });
});

describe('what a person did', () => {
  test.each<[JsonValue | undefined, object | undefined]>([
    [
      { action: 'accept', content: { decision: 'approve' } },
      { action: 'accept', content: { decision: 'approve' } },
    ],
    [{ action: 'accept' }, { action: 'accept', content: {} }],
    [
      { action: 'accept', content: 'approve' },
      { action: 'accept', content: {} },
    ],
    [
      { action: 'accept', content: ['approve'] },
      { action: 'accept', content: {} },
    ],
    [{ action: 'decline' }, { action: 'decline', content: {} }],
    [
      { action: 'cancel', more: 1 },
      { action: 'cancel', content: {} },
    ],
    [{ action: 'Accept' }, undefined],
    [{ action: true }, undefined],
    [{ action: ['accept'] }, undefined],
    [{}, undefined],
    [['accept'], undefined],
    ['accept', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j', (result, expected) => {
    expect(formAnswerOf(result)).toEqual(expected);
  });
});

import { describe, expect, test } from 'vitest';
import { ServerInspector } from '../../src/jsonrpc/server-line.js';
import { ACCEPTED_VALUES } from './corpus/accepted-values.js';
import { REFUSED_LINES } from './corpus/lines.js';
import { REFUSED_VALUES } from './corpus/refused-values.js';
import { inspectLine } from './inspect-line.js';

const server = new ServerInspector();

function lineWith(value: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"v":${value}}}`, 'latin1');
}

describe('values that are JSON', () => {
  test.each(ACCEPTED_VALUES)('%j is taken as JSON.parse reads it', (value) => {
    const line = lineWith(value);
    const found = inspectLine(line);
    if (found.kind !== 'request') throw new Error(JSON.stringify(found));
    expect(found.params?.['v']).toEqual(JSON.parse(Buffer.from(value, 'latin1').toString('utf8')));
    expect(server.inspect(line, 0, line.length).kind).toBe('request');
  });
});

describe('values that are not, or not to everybody', () => {
  test.each(REFUSED_VALUES)('%j is refused', (value) => {
    expect(inspectLine(lineWith(value)).kind).toBe('refusal');
  });
});

describe('lines that are no message', () => {
  test.each(REFUSED_LINES.map((line) => [line.length > 80 ? `${line.slice(0, 80)}…` : line, line]))(
    '%j is refused',
    (_name, line) => {
      expect(inspectLine(Buffer.from(line, 'latin1')).kind).toBe('refusal');
    },
  );
});

test('every prefix of every line is refused without a crash', () => {
  for (const value of ACCEPTED_VALUES) {
    const line = lineWith(value);
    for (let length = 1; length < line.length; length++) {
      if (inspectLine(line.subarray(0, length)).kind !== 'refusal')
        expect(line.subarray(0, length)).toBe('refused');
    }
  }
});

test('every single byte in every place is refused or read as JSON.parse reads it', () => {
  const line = lineWith('[{"a":"b\\n","c":-1.5e3},true,null]');
  for (let place = 0; place < line.length; place++) {
    for (let byte = 0; byte < 256; byte++) {
      const changed = Buffer.from(line);
      changed[place] = byte;
      const found = inspectLine(changed);
      if (found.kind !== 'request') continue;
      const { id, method, params } = JSON.parse(changed.toString('utf8')) as Record<string, unknown>;
      expect([found.id, found.method, found.params]).toEqual([id, method, params]);
    }
  }
});

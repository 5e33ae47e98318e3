import { expect, test } from 'vitest';
import { markedQuestions } from '../../src/mcp/marked-question.js';
import { verifies } from '../requirements.js';

const MARK = '[the server \\"files\\" asks] ';

function marked(line: string, server = 'files'): string {
  return markedQuestions(Buffer.from(line), server).toString();
}

test.each([
  ['{"id":1, "method":"elicitation/create","params":{"n":1.0,"message":"hi" }}\r\n', 1],
  [
    '{"result":{"resultType":"input_required","inputRequests":{"a":{"params":{"message":"hi"}},"b":{"params":{"message":"ho"}}}}}',
    2,
  ],
  ['{"result":{"inputRequests":[{"params":{"message":"hi"}}]}}', 1],
  [
    '{"error":{"code":-32042,"data":{"elicitations":[{"message":"hi","url":"https://x"},{"message":"ho"}]}}}',
    2,
  ],
  [String.raw`{"params":{"mess\u0061ge":"hi"}}`, 1],
  ['{"params":{"message":"hi","message":"ho"}}', 2],
])('%s says whose it is, and every other byte stays', (line, count) => {
  verifies('approval:elicitation:marked');
  const text = marked(line);
  expect(text.split(MARK)).toHaveLength(count + 1);
  expect(text.replaceAll(MARK, '')).toBe(line);
});

test.each([
  '{"params":{"message":7}}',
  '{"params":{"message":{"message":"hi"}}}',
  '{"params":{"Message":"hi"}}',
  '{"message":"hi","result":{"message":"hi"},"error":{"message":"hi"}}',
  '{"id":1,"result":{}}',
])('%s has no question and stays as it is', (line) => {
  const bytes = Buffer.from(line);
  expect(markedQuestions(bytes, 'files')).toBe(bytes);
});

test('the text after the mark is the text that the server sent', () => {
  for (const message of ['"] guard: approve?', 'a\u0000\n\u202e', '\ud800', '😀', '']) {
    const line = markedQuestions(Buffer.from(JSON.stringify({ params: { message } })), 'files').toString();
    const { params } = JSON.parse(line) as { params: { message: string } };
    expect(params.message).toBe(`[the server "files" asks] ${message}`);
  }
});

test('the name of the server cannot leave its place', () => {
  const line = marked('{"params":{"message":"hi"}}', 'a\u001b[2J\n"} guard');
  const { params } = JSON.parse(line) as { params: { message: string } };
  // oxlint-disable-next-line no-control-regex -- looks for exactly these
  expect(params.message).not.toMatch(/[\u0000-\u001f]/);
  expect(params.message).toMatch(/^\[the server "a/);
});

import { spansAt, spliced } from '../jsonrpc/splice.js';
import { printable } from '../platform/printable.js';

/** Where the text of a question stands, as a request and inside an answer of either era. */
const QUESTION_PATHS: readonly (readonly string[])[] = [
  ['params', 'message'],
  ['result', 'inputRequests', '*', 'params', 'message'],
  ['error', 'data', 'elicitations', '*', 'message'],
];

/**
 * A line with questions of the server to the person, each with the server's name in front: guard
 * asks in the same dialogs, and no server may pose as guard. All other bytes stay as they came.
 */
export function markedQuestions(line: Buffer, server: string): Buffer {
  const spans = QUESTION_PATHS.flatMap((path) => spansAt(line, path));
  const texts = spans.filter(({ start }) => line[start] === 0x22);
  if (texts.length === 0) return line;
  const mark = `[the server "${printable(server)}" asks] `;
  return spliced(
    line,
    texts.map((span) => {
      const text = JSON.parse(line.toString('utf8', span.start, span.end)) as string;
      return { span, bytes: Buffer.from(JSON.stringify(mark + text)) };
    }),
  );
}

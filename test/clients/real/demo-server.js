// A server with one tool that writes the names of the methods it is asked for into a file.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , file] = process.argv;
const ANSWERS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'demo', version: '1' },
  }),
  'tools/list': () => ({
    tools: [
      { name: 'guard_demo_tool', description: 'says hello', inputSchema: { type: 'object', properties: {} } },
    ],
  }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'hello' }] }),
  ping: () => ({}),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  appendFileSync(file, `${method}\n`);
  if (id === undefined) return;
  const answer = ANSWERS[method];
  const body =
    answer === undefined
      ? { error: { code: -32601, message: 'unknown method' } }
      : { result: answer(params ?? {}) };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
});

import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model that says one word to everybody, and remembers what it was told. */
export interface FakeModel {
  readonly port: number;
  /** Whether a request named this tool. */
  readonly sawTool: (name: string) => boolean;
  readonly close: () => void;
}

const WORD = 'done';

/** Speaks as much of Anthropic's, OpenAI's and Gemini's interfaces as clients need to end one turn. */
export async function startFakeModel(): Promise<FakeModel> {
  const bodies: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      answer(request.url ?? '', /"stream"\s*:\s*true/.test(body), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sawTool: (name) => bodies.some((body) => body.includes(name)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(url: string, streams: boolean, response: http.ServerResponse): void {
  if (url.includes('/models') && !url.includes(':'))
    return json(response, { object: 'list', data: [{ id: 'fake', object: 'model' }] });
  if (url.includes('count_tokens')) return json(response, { input_tokens: 1 });
  if (url.includes('/messages')) return anthropic(streams, response);
  if (url.includes('/responses')) return responses(response);
  if (url.includes('Content')) return gemini(url, response);
  return completions(streams, response);
}

function json(response: http.ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function events(
  response: http.ServerResponse,
  list: readonly (readonly [string | undefined, object | string])[],
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of list) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    response.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`);
  }
  response.end();
}

function anthropic(streams: boolean, response: http.ServerResponse): void {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'fake',
    stop_sequence: null,
    usage,
  };
  if (!streams) {
    return json(response, { ...message, stop_reason: 'end_turn', content: [{ type: 'text', text: WORD }] });
  }
  events(response, [
    ['message_start', { type: 'message_start', message: { ...message, stop_reason: null, content: [] } }],
    [
      'content_block_start',
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    [
      'content_block_delta',
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: WORD } },
    ],
    ['content_block_stop', { type: 'content_block_stop', index: 0 }],
    [
      'message_delta',
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
    ],
    ['message_stop', { type: 'message_stop' }],
  ]);
}

function responses(response: http.ServerResponse): void {
  const item = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: WORD, annotations: [] }],
  };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const whole = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: 'fake',
    output: [item],
    usage,
  };
  events(response, [
    [
      'response.created',
      { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    ],
    ['response.output_item.done', { type: 'response.output_item.done', output_index: 0, item }],
    ['response.completed', { type: 'response.completed', response: whole }],
  ]);
}

function gemini(url: string, response: http.ServerResponse): void {
  const part = {
    candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text: WORD }] } }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  };
  if (url.includes('stream')) return events(response, [[undefined, part]]);
  json(response, part);
}

function completions(streams: boolean, response: http.ServerResponse): void {
  const base = { id: 'c1', created: 1, model: 'fake' };
  if (!streams) {
    const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: WORD } };
    return json(response, {
      ...base,
      object: 'chat.completion',
      choices: [choice],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  }
  const chunk = { ...base, object: 'chat.completion.chunk' };
  events(response, [
    [
      undefined,
      { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: WORD }, finish_reason: null }] },
    ],
    [undefined, { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    [undefined, '[DONE]'],
  ]);
}

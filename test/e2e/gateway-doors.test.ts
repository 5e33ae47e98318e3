import { expect, test } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.js';
import { serverFile } from '../support/built-guard.js';
import { startGateway } from '../support/gateway-process.js';
import type { HttpAnswer } from '../support/http-connection.js';
import { type ClientEra, McpClient } from '../support/mcp-client.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('gateway:doors:same');

const open = useSandbox();
const NAME = 'repeats';
const POLICIES = {
  rules: [
    { name: 'no-deletes', match: { tool: 'delete' }, action: 'deny' },
    {
      name: 'polite',
      match: { tool: 'echo', input: { '$.text': { eq: 'rude' } } },
      action: 'deny',
      feedback: { message: 'Be polite.', suggestion: 'Say please.' },
    },
    { name: 'tried', match: { tool: 'echo', input: { '$.text': { eq: 'dry' } } }, action: 'dry_run' },
    {
      name: 'once',
      match: { tool: 'write' },
      action: 'rate_limit',
      limits: { max_calls: 1, window: '1h', key: 'global' },
    },
  ],
};

/** One request: its method, the header that names its target, and its parameters but for the envelope, as text. */
interface Step {
  readonly method: string;
  readonly name?: string;
  readonly params: string;
}

function call(name: string, args: string): Step {
  return { method: 'tools/call', name, params: `"name":${JSON.stringify(name)},"arguments":${args}` };
}

const SCRIPT: readonly Step[] = [
  { method: 'tools/list', params: '' },
  call('echo', '{"text":"please"}'),
  call('echo', '{ "text" : "b\\u0069g", "n":9007199254740993, "x":1.00e2,"nothing":-0 }'),
  call('echo', '{"text":"rude"}'),
  call('echo', '{"text":"dry"}'),
  call('delete', '{}'),
  call('write', '{"n":1}'),
  call('write', '{"n":2}'),
  call('unlisted', '{}'),
  call('echo', '[1]'),
  call('echo', '"text"'),
  { method: 'tools/call', name: 'echo', params: '"name":"echo","arguments":{"text":"please","text":"rude"}' },
  { method: 'tools/call', name: 'echo', params: '"name":"echo","name":"delete","arguments":{}' },
  { method: 'tools/call', params: '"name":5,"arguments":{}' },
  { method: 'tools/call', params: '"arguments":{}' },
  { method: 'no/such', params: '' },
  call('echo', '{"text":"the end"}'),
];

const ENVELOPE =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"peer","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';

function lineOf(era: ClientEra, id: number, { method, params }: Step): string {
  const members = [params, era === 'modern' ? ENVELOPE : ''].filter(Boolean).join(',');
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":{${members}}}`;
}

/** What the client heard, one line for each request, and what was recorded. */
interface Heard {
  readonly answers: readonly string[];
  readonly records: readonly unknown[];
}

async function throughStdio(era: ClientEra): Promise<Heard> {
  const sandbox = open(JSON.stringify({ version: '1', policies: POLICIES }));
  const guard = sandbox.guard({ server: NAME, options: ['--server', NAME] });
  if (era === 'legacy') {
    const clientInfo = { name: 'peer', version: '1' };
    await guard.ask(0, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    guard.say({ method: 'notifications/initialized' });
  }
  const answers: string[] = [];
  for (const [index, step] of SCRIPT.entries()) {
    const before = guard.lines.length;
    guard.send(`${lineOf(era, index + 1, step)}\n`);
    await guard.answer(index + 1).catch(() => guard.answer(null));
    answers.push(guard.lines.slice(before).join('\n'));
  }
  await guard.finish();
  return { answers: answers.map(comparable), records: recordsOf(sandbox) };
}

async function throughHttp(era: ClientEra): Promise<Heard> {
  const sandbox = open();
  const upstream = { name: NAME, command: process.execPath, args: [serverFile(NAME)] };
  const gateway = await startGateway(sandbox, [upstream], { policies: POLICIES });
  const client = new McpClient(`${gateway.base}/mcp/${NAME}`, era);
  await client.open();
  const answers: string[] = [];
  for (const [index, step] of SCRIPT.entries()) {
    const named = step.name === undefined ? {} : { name: step.name };
    answers.push(textOf(await client.raw(client.headers(step.method, named), lineOf(era, index + 1, step))));
  }
  await client.end();
  await gateway.close();
  return { answers: answers.map(comparable), records: recordsOf(sandbox) };
}

/** The one message of an answer, as a body or as an event. */
function textOf({ headers, body }: HttpAnswer): string {
  const text = body.toString('utf8');
  if (headers.get('content-type')?.startsWith('application/json') === true) return text;
  return [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => data ?? '').join('\n');
}

/** A text without times and without the id by which guard's records know the request. */
function comparable(text: string): string {
  return text
    .replaceAll(/"request_id":"[^"]*"/g, '"request_id":"…"')
    .replaceAll(/"(retry_after_ms|next_ms)":\d+/g, '"$1":0')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then');
}

/** Decisions, outcomes and refusals, without what must differ. */
function recordsOf(sandbox: Sandbox): unknown[] {
  return sandbox
    .records()
    .filter(({ type }) => type !== 'session' && type !== 'event' && type !== 'checkpoint')
    .map((record) => {
      const kept = Object.entries(record).filter(
        ([key]) => !DIFFERING.includes(key) && !differs(key, record),
      );
      return JSON.parse(comparable(JSON.stringify(Object.fromEntries(kept)))) as unknown;
    });
}

const DIFFERING: readonly string[] = [
  'writer',
  'ts',
  'seq',
  'prev',
  'session',
  'request_id',
  'latency_ms',
  'http_request_id',
];

/** What guard says itself holds its own request id; what reaches no conversation belongs to no server at the HTTP door. */
function differs(key: string, record: AuditRecord): boolean {
  if (key === 'response_size') {
    return record.type === 'outcome' && ['denied', 'dry-run'].includes(record.result);
  }
  return key === 'upstream' && record.type === 'refusal';
}

test.each(['legacy', 'modern'] as const)('one conversation through both doors, %s era', async (era) => {
  const [stdio, http] = await Promise.all([throughStdio(era), throughHttp(era)]);
  expect(http.answers).toEqual(stdio.answers);
  expect(http.records).toEqual(stdio.records);
  expect(stdio.answers[2]).toContain('"n":9007199254740993, "x":1.00e2,"nothing":-0');
  expect(stdio.records.map(whatHappened).filter(Boolean)).toEqual(
    [
      ['allow', 'ok', 'allow', 'ok', 'deny', 'denied', 'dry_run', 'dry-run', 'deny', 'denied'],
      ['allow', 'ok', 'deny', 'denied', 'deny', 'denied'],
      ['bad-params', 'bad-params', 'duplicate-key', 'duplicate-key', 'bad-params', 'bad-params'],
      ['allow', 'ok'],
    ].flat(),
  );
});

/** A record in a word; undefined where policy is not asked. */
function whatHappened(record: unknown): unknown {
  const { decision, result, reason, type, method } = record as Record<string, unknown>;
  if (method !== 'tools/call') return undefined;
  return type === 'refusal' ? reason : (result ?? decision);
}

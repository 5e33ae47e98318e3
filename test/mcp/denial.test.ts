import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  type AnsweredRequest,
  type Denial,
  DENIAL_REASONS,
  denialFrame,
  dryRunFrame,
} from '../../src/mcp/denial.js';
import { verifies } from '../requirements.js';

verifies('limits:denial:reasons');

const DENIAL: Denial = {
  reason: 'policy_denied',
  message: 'No.',
  suggestion: 'Ask.',
  rule: 'r',
  action: 'deny',
  retryAllowed: false,
  requestId: 'w-1',
};
const FORM =
  '{"blocked":true,"reason":"policy_denied","rule":"r","action":"deny","suggestion":"Ask.","retry_allowed":false,"request_id":"w-1"}';
const TOOL: AnsweredRequest = { id: 1, method: 'tools/call', modern: false };
const MODERN: AnsweredRequest = { id: '1', method: 'tools/call', modern: true };
const PROMPT: AnsweredRequest = { id: 2, method: 'prompts/get', modern: true };
const RESULT = '"content":[{"type":"text","text":"No. Ask."}],"isError":true';

const DRY = { text: 'Dry run.', form: { dry_run: true, rule: 'r' } };

test.each<[string, Buffer, string]>([
  [
    'a tool, legacy',
    denialFrame(TOOL, DENIAL, 'result'),
    `{"jsonrpc":"2.0","id":1,"result":{${RESULT},"_meta":{"guard/denial":${FORM}}}}\n`,
  ],
  [
    'a tool, modern',
    denialFrame(MODERN, DENIAL, 'result'),
    `{"jsonrpc":"2.0","id":"1","result":{${RESULT},"resultType":"complete","_meta":{"guard/denial":${FORM}}}}\n`,
  ],
  [
    'a tool, as an error',
    denialFrame(TOOL, DENIAL, 'error'),
    `{"jsonrpc":"2.0","id":1,"error":{"code":-31001,"message":"No. Ask.","data":${FORM}}}\n`,
  ],
  [
    'a tool, modern, as an error',
    denialFrame(MODERN, DENIAL, 'error'),
    `{"jsonrpc":"2.0","id":"1","error":{"code":-31001,"message":"No. Ask.","data":${FORM}}}\n`,
  ],
  [
    'another request',
    denialFrame(PROMPT, DENIAL, 'result'),
    `{"jsonrpc":"2.0","id":2,"error":{"code":-31001,"message":"No. Ask.","data":${FORM}}}\n`,
  ],
  [
    'parameters that are none',
    denialFrame(PROMPT, { ...DENIAL, reason: 'invalid_params', suggestion: '', rule: null }, 'result'),
    '{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"No.","data":{"blocked":true,"reason":"invalid_params","rule":null,"action":"deny","suggestion":"","retry_allowed":false,"request_id":"w-1"}}}\n',
  ],
  [
    'what would pass later',
    denialFrame(
      PROMPT,
      { ...DENIAL, retryAllowed: true, retryAfterMs: 250, missingDependencies: ['orders.lookup'] },
      'error',
    ),
    '{"jsonrpc":"2.0","id":2,"error":{"code":-31001,"message":"No. Ask.","data":{"blocked":true,"reason":"policy_denied","rule":"r","action":"deny","suggestion":"Ask.","retry_allowed":true,"retry_after_ms":250,"missing_dependencies":["orders.lookup"],"request_id":"w-1"}}}\n',
  ],
  [
    'pots that cannot pay',
    denialFrame(
      PROMPT,
      {
        ...DENIAL,
        reason: 'budget_exceeded',
        budgets: [{ name: 'user/payments', limit: '500', used: '0.30', amount: '500', currency: 'EUR' }],
      },
      'error',
    ),
    '{"jsonrpc":"2.0","id":2,"error":{"code":-31001,"message":"No. Ask.","data":{"blocked":true,"reason":"budget_exceeded","rule":"r","action":"deny","suggestion":"Ask.","retry_allowed":false,"budgets":[{"name":"user/payments","limit":"500","used":"0.30","amount":"500","currency":"EUR"}],"request_id":"w-1"}}}\n',
  ],
  [
    'a dry run, legacy',
    dryRunFrame(TOOL, DRY),
    '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Dry run."}],"isError":false,"_meta":{"guard/dry-run":{"dry_run":true,"rule":"r"}}}}\n',
  ],
  [
    'a dry run, modern',
    dryRunFrame(MODERN, DRY),
    '{"jsonrpc":"2.0","id":"1","result":{"content":[{"type":"text","text":"Dry run."}],"isError":false,"resultType":"complete","_meta":{"guard/dry-run":{"dry_run":true,"rule":"r"}}}}\n',
  ],
  [
    'a dry run of anything else is an error: its result would have another shape',
    dryRunFrame({ id: 2, method: 'resources/read', modern: false }, DRY),
    '{"jsonrpc":"2.0","id":2,"error":{"code":-31001,"message":"guard: Dry run.","data":{"dry_run":true,"rule":"r"}}}\n',
  ],
])('%s', (_name, frame, expected) => {
  expect(frame.toString('utf8')).toBe(expected);
});

test('text of a rule cannot break the frame', () => {
  const frame = denialFrame(TOOL, { ...DENIAL, message: 'a"\n\r\u2028', suggestion: '\\' }, 'result');
  expect(frame.indexOf(0x0a)).toBe(frame.length - 1);
  expect(frame.includes(0x0d)).toBe(false);
  expect((JSON.parse(frame.toString('utf8')) as { id: number }).id).toBe(1);
});

test('docs/policy.md lists exactly the reasons of denials', () => {
  const [, section = ''] = readFileSync('docs/policy.md', 'utf8').split('## What a denied call is told');
  const listed = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z_]+)` +\|/gm)];
  expect(listed.map(([, reason]) => reason)).toEqual([...DENIAL_REASONS]);
});

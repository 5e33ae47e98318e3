import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFileSink } from '../../../src/audit/file-sink.js';
import { createRedaction } from '../../../src/audit/redaction/redact.js';
import { createAuditTrail } from '../../../src/audit/trail.js';
import { WriterChain } from '../../../src/audit/writer-chain.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import type { JsonValue } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';
import { plantedSecrets, READABLE, spellings } from './planted.js';

verifies('audit:redaction:planted', 'audit:redaction:readable');

const redact = createRedaction();

/** What stands in the log after calls with these arguments, whose answers say the same. */
function logOf(values: readonly JsonValue[]): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-planted-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'audit.jsonl');
  const clock = systemClock();
  const constants = { writer: 'w', upstream: 'u', session: 's', agent: null };
  const trail = createAuditTrail({
    log: new WriterChain(openFileSink({ path: file, fsync: 'off', clock }), clock, constants),
    clock,
    diagnostics: createDiagnostics(() => undefined),
    constants,
    session: { guard_version: '1', pid: 1, command: 'x', mode: 'enforce', approvers: null, config: [] },
    logsArguments: true,
    logsResponses: true,
    redact,
  });
  for (const [index, value] of values.entries()) {
    const call = { request_id: `w-${index}`, method: 'tools/call', tool: 't' };
    trail.decision({
      ...call,
      rpc_id: index,
      direction: 'client-to-server',
      target: null,
      arg_hash: null,
      arg_size: 1,
      decision: 'allow',
      enforced: true,
      rule: null,
      layer: null,
      reason: null,
      approval: null,
      limits: null,
      arguments: value,
    });
    const result = { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value };
    trail.outcome({
      ...call,
      result: 'ok',
      latency_ms: 1,
      response_size: 1,
      response: { jsonrpc: '2.0', id: index, result },
    });
  }
  trail.close();
  return fs.readFileSync(file, 'utf8').trimEnd().split('\n');
}

test('of 210 secrets of 21 kinds in 10 places none is in the file', () => {
  const planted = plantedSecrets();
  expect(planted).toHaveLength(210);
  const lines = logOf(planted.map(({ value }) => value));
  expect(lines).toHaveLength(1 + 2 * planted.length);
  const leaked = planted.filter(({ core }) =>
    spellings(core).some((spelling) => lines.some((line) => line.includes(spelling))),
  );
  expect(leaked.map(({ kind, place }) => `${kind} as ${place}`)).toEqual([]);
});

test.each(READABLE)('%s stays readable', (text) => {
  expect(redact({ text, list: [text] })).toEqual({ text, list: [text] });
});

test('what was redacted is left alone by a second redaction', () => {
  for (const { value } of plantedSecrets(7)) {
    const once = redact(value);
    expect(redact(once)).toEqual(once);
  }
});

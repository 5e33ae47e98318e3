import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openAuditSinks } from '../../src/commands/audit-sinks.js';
import type { Tools } from '../../src/commands/command.js';
import type { Settings } from '../../src/config/settings.js';
import { systemClock } from '../../src/platform/clock.js';
import { HeldStream } from '../audit/held-stream.js';
import { folderWith } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';
import { within } from '../support/eventually.js';

verifies('audit:stdout');

function opened(sinks: Settings['audit']['sinks']): {
  folder: string;
  stream: HeldStream;
  audit: ReturnType<typeof openAuditSinks>;
} {
  const folder = folderWith();
  fs.chmodSync(folder, 0o700);
  const stream = new HeldStream();
  const settings: Settings['audit'] = {
    path: path.join(folder, 'audit.jsonl'),
    onError: 'deny',
    fsync: 'off',
    logArguments: false,
    includeResponses: false,
    rotate: { maxBytes: undefined, maxAgeMs: undefined },
    redact: { paths: [], off: new Set() },
    retentionMs: 1,
    anchor: { file: undefined, syslog: undefined, webhook: undefined },
    sinks,
  };
  const tools = { stdout: stream as unknown as Tools['stdout'], clock: systemClock() };
  return {
    folder,
    stream,
    audit: openAuditSinks(
      settings,
      tools,
      () => undefined,
      () => settings.rotate,
    ),
  };
}

test('a record goes to every sink, and each file gets it once', async () => {
  const second = path.join(folderWith(), 'second.jsonl');
  const { folder, stream, audit } = opened([
    { type: 'file' },
    { type: 'file', path: second },
    { type: 'file', path: second },
    { type: 'stdout' },
  ]);
  audit.sink.stage('{"seq":1}\n');
  audit.sink.commit();
  for (const file of [path.join(folder, 'audit.jsonl'), second]) {
    expect(fs.readFileSync(file, 'utf8')).toBe('{"seq":1}\n');
  }
  expect(stream.text).toBe('{"seq":1}\n');
  expect(audit.gate?.isOpen).toBe(true);
  await within('the end', audit.ended());
  audit.sink.close();
});

test('one file alone has no gate', async () => {
  const { audit } = opened([{ type: 'file' }]);
  expect(audit.gate).toBeUndefined();
  await audit.ended();
});

test('the end waits for a reader that is slow', async () => {
  const { stream, audit } = opened([{ type: 'stdout' }]);
  stream.hold(true);
  audit.sink.stage('{"seq":1}\n');
  audit.sink.commit();
  expect(audit.gate?.isOpen).toBe(false);
  const ended = audit.ended();
  stream.hold(false);
  await within('the end', ended);
  expect(stream.text).toBe('{"seq":1}\n');
});

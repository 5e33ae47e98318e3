import { describe, expect, test } from 'vitest';
import { createStreamSink } from '../../src/audit/stream-sink.js';
import { AUDIT_STAGED_BYTES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { within } from '../support/eventually.js';
import { HeldStream } from './held-stream.js';
import { describeSink } from './sink.contract.js';

verifies('audit:stdout');

const FILLER = '#'.repeat(200);

describe('stream sink', () => {
  describeSink(() => {
    const stream = new HeldStream();
    return {
      sink: createStreamSink(stream, 100),
      recorded: () => stream.text.replaceAll('#', ''),
      breakWrites(broken) {
        stream.hold(broken);
        if (broken) stream.write(FILLER);
      },
      cleanUp: () => undefined,
    };
  });
});

test('a slow reader holds new calls back, loses nothing, and lets them go on once it has read', async () => {
  const stream = new HeldStream();
  const sink = createStreamSink(stream);
  expect(sink.isOpen).toBe(true);
  await sink.whenOpen();
  stream.hold(true);
  for (const line of ['{"seq":1}\n', '{"seq":2}\n']) {
    sink.stage(line);
    sink.commit();
  }
  expect(sink.isOpen).toBe(false);
  const opened = sink.whenOpen();
  stream.hold(false);
  await within('the gate', opened);
  expect(stream.text).toBe('{"seq":1}\n{"seq":2}\n');
  expect(sink.isOpen).toBe(true);
});

test('a reader that is gone denies from then on, and holds nobody back', async () => {
  const stream = new HeldStream();
  const sink = createStreamSink(stream);
  stream.hold(true);
  sink.stage('{"seq":1}\n');
  sink.commit();
  const opened = sink.whenOpen();
  stream.destroy(new Error('EPIPE'));
  await within('the gate', opened);
  sink.stage('{"seq":2}\n');
  expect(() => sink.commit()).toThrow(/standard output: EPIPE/);
  expect(() => sink.check()).toThrow(/standard output: EPIPE/);
  expect(sink.failing).toBe(true);
});

test('records above the bound of one commit fail it as a whole', () => {
  const stream = new HeldStream();
  const sink = createStreamSink(stream);
  sink.stage('x'.repeat(AUDIT_STAGED_BYTES_MAX));
  sink.stage('y\n');
  expect(() => sink.commit()).toThrow(/too many records/);
  sink.stage('z\n');
  sink.commit();
  expect(stream.text).toBe('z\n');
});

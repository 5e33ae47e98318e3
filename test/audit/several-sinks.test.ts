import { describe, expect, test } from 'vitest';
import { createSeveralSinks } from '../../src/audit/several-sinks.js';
import { createStreamSink } from '../../src/audit/stream-sink.js';
import { HeldStream } from './held-stream.js';
import { createMemorySink } from './memory-sink.js';
import { describeSink } from './sink.contract.js';

describe('several sinks', () => {
  describeSink(() => {
    const file = createMemorySink();
    const stream = new HeldStream();
    return {
      sink: createSeveralSinks([file], [createStreamSink(stream)]),
      recorded() {
        expect(stream.text).toBe(file.lines.join(''));
        return stream.text;
      },
      breakWrites(broken) {
        file.broken = broken;
      },
      cleanUp: () => undefined,
    };
  });
});

test('what a stream cannot take is in no file', () => {
  const file = createMemorySink();
  const stream = new HeldStream();
  const sink = createSeveralSinks([file], [createStreamSink(stream, 10)]);
  stream.hold(true);
  sink.stage('{"seq":1}\n');
  sink.commit();
  sink.stage('{"seq":2}\n');
  sink.commit();
  sink.stage('{"seq":3}\n');
  expect(() => sink.commit()).toThrow(/reader that is slow/);
  stream.hold(false);
  sink.stage('{"seq":4}\n');
  sink.commit();
  const expected = '{"seq":1}\n{"seq":2}\n{"seq":4}\n';
  expect([file.lines.join(''), stream.text]).toEqual([expected, expected]);
});

test('what a file cannot take is on no stream', () => {
  const file = createMemorySink();
  const stream = new HeldStream();
  const sink = createSeveralSinks([file], [createStreamSink(stream)]);
  file.broken = true;
  sink.stage('{"seq":1}\n');
  expect(() => sink.commit()).toThrow(/./);
  expect(stream.text).toBe('');
});

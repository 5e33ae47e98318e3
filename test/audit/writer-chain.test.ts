import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFileSink } from '../../src/audit/file-sink.js';
import { type LogFiles, systemLogFiles } from '../../src/audit/log-file.js';
import { createSeveralSinks } from '../../src/audit/several-sinks.js';
import { SignedChain } from '../../src/audit/signed-chain.js';
import { fingerprintOf, type SigningKey } from '../../src/audit/signing-key.js';
import { WriterChain } from '../../src/audit/writer-chain.js';
import { AUDIT_CHECKPOINT_RECORDS, AUDIT_STAGED_BYTES_MAX } from '../../src/platform/bounds.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';
import { decisionFields, TS } from './lines.js';
import { createMemorySink } from './memory-sink.js';

verifies('audit:chain', 'audit:chain:lost', 'audit:checkpoint');

const clock = { timestamp: () => TS };
const NAMES = { writer: 'w', upstream: 'files', session: null, agent: null };
interface Line {
  readonly type: string;
  readonly seq: number;
  readonly prev: string | null;
  readonly event?: string;
  readonly detail?: { first: number; last: number; heads?: { seq: number; hash: string }[] };
  readonly count?: number;
  readonly closing?: boolean;
  readonly signature?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const parsed = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);

/** Whether the lines are one chain, in which gaps are only where `records-lost` says so. */
function expectChain(lines: readonly string[]): void {
  let head = { seq: 0, hash: null as string | null };
  for (const line of lines) {
    const { seq, prev, event, detail } = JSON.parse(line) as Line;
    if (event === 'records-lost' && detail !== undefined) {
      const { hash } = head;
      const isKnown = detail.heads?.some((one) => one.seq === head.seq && one.hash === hash) === true;
      expect(prev === hash || isKnown, line).toBe(true);
      expect(detail.first).toBeLessThanOrEqual(head.seq + 1);
      expect(detail.last).toBe(seq - 1);
    } else {
      expect([seq, prev]).toEqual([head.seq + 1, head.hash]);
    }
    head = { seq, hash: sha256(line.trimEnd()) };
  }
}

function record(chain: WriterChain | SignedChain, encoder: WriterChain['encoder'], name = 'x'): void {
  chain.stage(encoder.event(TS, { event: name, detail: null }));
}

test('each record holds the hash of the line before it', () => {
  const sink = createMemorySink();
  const chain = new WriterChain(sink, clock, NAMES);
  for (let index = 0; index < 5; index += 1)
    chain.stage(chain.encoder.decision(TS, decisionFields(`é${index}`)));
  chain.commit();
  record(chain, chain.encoder);
  chain.commit();
  expect(parsed(sink.lines).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expectChain(sink.lines);
});

describe('what could not be written', () => {
  test('is said to be lost, and the chain goes on where the log is', () => {
    const sink = createMemorySink();
    const chain = new WriterChain(sink, clock, NAMES);
    record(chain, chain.encoder);
    chain.commit();
    sink.broken = true;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      record(chain, chain.encoder);
      expect(() => chain.commit()).toThrow(/broken/);
    }
    sink.broken = false;
    record(chain, chain.encoder);
    chain.commit();
    expect(parsed(sink.lines)).toMatchObject([
      { seq: 1 },
      // Each attempt had a number, and so had the two notes that were lost with it.
      { seq: 7, event: 'records-lost', detail: { first: 2, last: 6 } },
      { seq: 8 },
    ]);
    expectChain(sink.lines);
    expect(chain.count).toBe(3);
  });

  test('a batch above the staging bound is written early; a failure of that fails the commit', () => {
    const sink = createMemorySink();
    const chain = new WriterChain(sink, clock, NAMES);
    const rest = `,"detail":"${'x'.repeat(AUDIT_STAGED_BYTES_MAX)}"}`;
    const head = '{"seq":';
    chain.stage({ head, rest });
    expect(sink.lines).toHaveLength(1);
    sink.broken = true;
    chain.stage({ head, rest });
    chain.stage({ head, rest });
    sink.broken = false;
    expect(() => chain.commit()).toThrow(/broken/);
    chain.commit();
    record(chain, chain.encoder);
    chain.commit();
    expect(parsed(sink.lines).slice(1)).toMatchObject([{ detail: { first: 2, last: 3 } }, { seq: 5 }]);
    expectChain(sink.lines);
  });

  test('any short writes and failures leave a chain in every file', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-chain-'));
    let run = 0;
    const faults = fc.array(
      fc.record({
        batch: fc.integer({ min: 1, max: 4 }),
        fails: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(faults, fc.boolean(), (commits, isSynced) => {
        run += 1;
        const places = [0, 1].map((place) => path.join(folder, `${run}-${place}.jsonl`));
        let failing: (number | undefined)[] = [];
        const sinks = places.map((file, place) => {
          const files: LogFiles = {
            ...systemLogFiles,
            write(descriptor, bytes) {
              const share = failing[place];
              if (share === undefined) return systemLogFiles.write(descriptor, bytes);
              const part = bytes.subarray(0, Math.round(bytes.length * share));
              // What is whole fails afterwards: the disk did not take it for good.
              if (!isSynced && part.length < bytes.length) return systemLogFiles.write(descriptor, part);
              return systemLogFiles.write(descriptor, bytes);
            },
            sync(descriptor) {
              if (isSynced && failing[place] !== undefined) throw new Error('no sync');
              systemLogFiles.sync(descriptor);
            },
          };
          return openFileSink({
            path: file,
            fsync: 'always',
            clock: { monotonicMs: () => 0, wallMs: () => 0 },
            files,
          });
        });
        const chain = new WriterChain(createSeveralSinks(sinks, []), clock, NAMES);
        for (const { batch, fails } of [...commits, { batch: 1, fails: [] }]) {
          failing = fails;
          for (let index = 0; index < batch; index += 1) record(chain, chain.encoder, 'x'.repeat(index * 50));
          try {
            chain.commit();
          } catch {
            // The next one goes on.
          }
        }
        chain.close();
        for (const file of places) {
          const lines = fs.readFileSync(file, 'utf8').split('\n');
          expectChain(lines.filter((line) => line.endsWith('}')));
        }
      }),
      { numRuns: 150 },
    );
    fs.rmSync(folder, { recursive: true });
  });
});

describe('checkpoints', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key: SigningKey = {
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    publicPem: '',
    sign: (body) => sign(null, Buffer.from(body), privateKey).toString('hex'),
  };

  function signed(openKey: () => SigningKey = () => key) {
    const sink = createMemorySink();
    const chain = new WriterChain(sink, clock, NAMES);
    const notes: string[] = [];
    const heads: string[] = [];
    const log = new SignedChain({
      chain,
      clock,
      diagnostics: { repeated: (_kind, text) => void notes.push(text) },
      openKey,
      onCheckpoint: (line) => void heads.push(line),
    });
    return { sink, chain, log, notes, heads, write: () => (record(log, chain.encoder), log.commit()) };
  }

  test('the end is signed, over the bytes before the signature', () => {
    const { sink, log, heads, write } = signed();
    write();
    write();
    log.close();
    log.close();
    const line = sink.lines.at(-1) ?? '';
    expect(parsed(sink.lines)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3, count: 2, closing: true }]);
    expectChain(sink.lines);
    expect(heads).toEqual([line.trimEnd()]);
    const at = line.indexOf(',"signature":"');
    const signature = Buffer.from((JSON.parse(line) as Line).signature ?? '', 'hex');
    expect(verify(null, Buffer.from(line.slice(0, at)), publicKey, signature)).toBe(true);
  });

  test('a writer without records leaves no checkpoint and opens no key', () => {
    const { sink, log } = signed(() => {
      throw new Error('opened');
    });
    log.close();
    expect(sink.lines).toEqual([]);
  });

  test('after so many records one follows, after the commit has returned', async () => {
    const { sink, chain, log } = signed();
    for (let index = 0; index < AUDIT_CHECKPOINT_RECORDS; index += 1) record(log, chain.encoder);
    log.commit();
    expect(parsed(sink.lines).filter(({ type }) => type === 'checkpoint')).toEqual([]);
    await eventually('the checkpoint', () => parsed(sink.lines.slice(-1))[0]?.type === 'checkpoint');
    expect(parsed(sink.lines.slice(-1))).toMatchObject([{ count: AUDIT_CHECKPOINT_RECORDS, closing: false }]);
    log.close();
    expectChain(sink.lines);
  });

  test('without a key records go on, and one of them says that nothing signs them', () => {
    let isBroken = true;
    const { sink, log, notes, write } = signed(() => {
      if (isBroken) throw new Error('the key is broken');
      return key;
    });
    write();
    log.finish();
    isBroken = false;
    expect(notes).toEqual(['the key is broken']);
    expect(parsed(sink.lines)).toMatchObject([
      { event: 'x' },
      { event: 'unsigned', detail: 'the key is broken' },
    ]);
  });

  test('a checkpoint that cannot be written fails no commit but that of what went with it', () => {
    const { sink, chain, log, write } = signed();
    write();
    sink.broken = true;
    log.finish();
    sink.broken = false;
    write();
    record(log, chain.encoder);
    log.commit();
    expectChain(sink.lines);
  });
});

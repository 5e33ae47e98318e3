import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import { Conversation } from '../../src/conversation/conversation.js';
import { runDoor } from '../../src/relay/door.js';
import type { UpstreamEnd } from '../../src/upstream/upstream.js';
import { FakeServer } from '../faults/fake-server.js';
import { settle } from '../faults/rig.js';
import { trailInMemory } from '../pipeline/support.js';
import { ask, compiled, layer } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { approvalAnswer } from '../support/approval-requests.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import type { Wire } from '../support/spawned.js';
import { counting } from '../support/counting.js';

let person: MemoryChannel;
let server: FakeServer;
let stdin: PassThrough;
let received: Wire[];
let ended: Promise<UpstreamEnd>;
/** Lets the server end; until then it takes its time. */
let letEnd: () => void;

beforeEach(() => {
  person = createMemoryChannel();
  server = new FakeServer(() => true);
  stdin = new PassThrough();
  received = [];
  const stdout = new PassThrough();
  stdout.on('data', (chunk: Buffer) => {
    received.push(
      ...chunk
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Wire),
    );
  });
  const mayEnd = new Promise<void>((resolve) => {
    letEnd = resolve;
  });
  const policy = compiled([layer([ask({ tool: 'write*' })], { policy: { unlisted_tools: 'allow' } })]);
  const { gate, approvals } = asking([person]);
  const trail = trailInMemory();
  ended = runDoor({
    conversation: new Conversation({
      parties: { server: 'fake', agent: undefined, session: 's' },
      trail,
      pipeline: composePipeline({
        policyInForce: () => policy,
        trail,
        approvals: gate,
        limits: counting().gate,
        killSwitch: () => undefined,
      }),
      approvals,
      settleCharge: () => undefined,
      policyInForce: () => policy,
      clock: systemClock(),
      diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
      denialStyle: 'result',
      auditRequired: true,
      writer: 'w',
    }),
    upstream: { ...server.upstream, close: () => mayEnd.then(() => server.upstream.close()) },
    stdin,
    // A PassThrough lacks what only terminals have, which the door never uses.
    stdout: stdout as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
    clientFrameBytesMax: 1 << 20,
    serverFrameBytesMax: 1 << 20,
    requestTimeoutMs: 60_000,
  });
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'write_file' } };
  stdin.write(`${JSON.stringify(call)}\n`);
});

describe('a session that ends while a call is held', () => {
  test.each<[string, () => void]>([
    ['by the client', () => stdin.end()],
    ['by the server', () => server.output.end()],
  ])('%s answers the call once, and an approval that comes meanwhile forwards nothing', async (_, end) => {
    verifies('approval:hold:session-end');
    await settle();
    const [request] = person.shown.values();
    if (request === undefined) throw new Error('nothing is asked');
    end();
    await settle();
    expect(person.ends.get(request.id)).toMatchObject({ state: 'withdrawn' });
    person.answer(approvalAnswer(request, 'approved'));
    await settle();
    letEnd();
    await ended;
    await settle();
    expect(server.received).toEqual([]);
    expect(received.map(({ id, error }) => [id, error !== undefined])).toEqual([[1, true]]);
  });
});

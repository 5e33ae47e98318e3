import { eventually, pause, within } from '../support/eventually.js';
import { type Random, randomFrom } from '../support/random.js';
import type { Sandbox } from '../support/sandbox.js';

const CALLS = 400;
const FIRST_KILL_AFTER = 20;

/**
 * Kills guard with SIGKILL at a random moment of a stream of calls. Whatever the server received by
 * then must have its decision in the log: law 4.
 */
export async function killAtRandom(sandbox: Sandbox, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  const sending = sendCalls((bytes) => guard.send(bytes), random);
  const mark = FIRST_KILL_AFTER + random.below(CALLS / 2);
  await eventually(`${mark} answers`, () => guard.lines.length >= mark);
  await pause(random.below(5));
  process.kill(guard.pid, 'SIGKILL');
  await within('the end of guard', guard.ended);
  await sending;
  await eventually('the end of the server, whose stdin is closed', () => sandbox.processes().length === 0);
  assertRecorded(sandbox);
}

/** Fails on a call that the server received and the log does not hold. */
export function assertRecorded(sandbox: Sandbox): void {
  const recorded = new Set<unknown>();
  // Another writer closes a line that SIGKILL cut; here nobody writes after it, and it is no record.
  for (const record of sandbox.records()) if (record.type === 'decision') recorded.add(record.rpc_id);
  const received = sandbox.receivedLines().map((line) => JSON.parse(line) as { id: number });
  if (received.length === 0) throw new Error('the server received nothing, so nothing was tested');
  const lost = received.filter(({ id }) => !recorded.has(id));
  if (lost.length > 0) throw new Error(`received and not recorded: ${lost.map(({ id }) => id).join(', ')}`);
}

/** Calls in pieces of any length, so that reads end inside of them. */
async function sendCalls(send: (bytes: Buffer) => void, random: Random): Promise<void> {
  const lines = Array.from({ length: CALLS }, (_, index) => {
    const params = { name: 'echo', arguments: { text: 'x'.repeat(random.below(300)) } };
    return JSON.stringify({ jsonrpc: '2.0', id: index + 1, method: 'tools/call', params });
  });
  let rest = Buffer.from(`${lines.join('\n')}\n`);
  while (rest.length > 0) {
    const size = 1 + random.below(4000);
    send(rest.subarray(0, size));
    rest = rest.subarray(size);
    if (random.below(4) === 0) await pause(random.below(3));
  }
}

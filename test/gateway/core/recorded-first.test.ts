import { expect, test } from 'vitest';
import { SharedLog } from '../../../src/audit/shared-log.js';
import type { AuditSink } from '../../../src/audit/sink.js';
import { type AuditTrail, createAuditTrail } from '../../../src/audit/trail.js';
import { WriterChain } from '../../../src/audit/writer-chain.js';
import { heldTime } from '../../support/held-time.js';
import { modernRequest } from './support/clients.js';
import { FakeServer } from './support/fake-server.js';
import { ADA, BOB, coreWith } from './support/test-core.js';
import { verifies } from '../../requirements.js';

verifies('gateway:recorded-first');

/** A log that cannot be written while `isFull`; `commits` says how many records each write had. */
class FullLog implements AuditSink {
  isFull = false;
  readonly kept = [0];
  readonly commits: number[] = [];
  #staged = 0;

  get failing(): boolean {
    return this.isFull;
  }

  stage(): void {
    this.#staged += 1;
  }

  commit(): void {
    const staged = this.#staged;
    this.#staged = 0;
    if (this.isFull && staged > 0) throw new Error('no space left');
    if (staged > 0) this.commits.push(staged);
  }

  close(): void {}
}

function trails(log: AuditSink): () => AuditTrail {
  const constants = { writer: 'w', upstream: 'files', session: null, agent: null };
  const shared = new SharedLog(new WriterChain(log, heldTime().clock, constants));
  return () =>
    createAuditTrail({
      log: shared.view(),
      clock: heldTime().clock,
      diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
      constants,
      session: { guard_version: '0', pid: 1, command: 'c', mode: 'enforce', approvers: null, config: [] },
      logsArguments: false,
      logsResponses: false,
      redact: (value) => value,
    });
}

test('calls of one turn are recorded with one write, and none goes on where that fails', async () => {
  const log = new FullLog();
  const files = new FakeServer('files');
  const core = coreWith([files], { openTrail: trails(log) });
  const call = (id: number, who: typeof ADA): ReturnType<typeof modernRequest> =>
    modernRequest(core, id, 'tools/call', { name: 'read', arguments: { id } }, { upstream: 'files', who });
  const first = [call(1, ADA), call(2, BOB)];
  const connection = await files.connection();
  await files.got('tools/call', 1);
  for (const { id } of connection.of('tools/call')) connection.result(id, {});
  await Promise.all(first.map((reply) => reply.answered()));

  log.isFull = true;
  const lost = [call(3, ADA), call(4, BOB), call(5, ADA)];
  for (const reply of lost) {
    expect(await reply.answered()).toMatchObject({
      error: { data: { reason: 'audit_unavailable' } },
    });
  }
  expect(connection.of('tools/call')).toHaveLength(2);

  log.isFull = false;
  const before = log.commits.length;
  const later = [call(6, ADA), call(7, BOB), call(8, ADA)];
  await files.got('tools/call', 4);
  // The first finds nobody under way and goes at once; the others share a write.
  expect(Math.max(...log.commits.slice(before))).toBeGreaterThanOrEqual(2);
  for (const { id } of connection.of('tools/call').slice(2)) connection.result(id, {});
  for (const reply of later) expect(await reply.answered()).toHaveProperty('result');
});

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import { createBusBoard } from '../../src/approvals/bus/bus-board.js';
import { systemClock } from '../../src/platform/clock.js';
import type { JsonValue } from '../../src/platform/json.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

const open = useSandbox();
const CONFIG = `
version: '1'
approval: { channels: [{ type: terminal, name: desk }] }
policies:
  rules:
    - { name: ask, match: { tool: echo }, action: require_approval }
`;

function refusalsOf(sandbox: Sandbox): JsonValue[] {
  return sandbox
    .records()
    .flatMap((record) =>
      record.type === 'event' && record.event === 'approval-answer-refused' ? [record.detail] : [],
    );
}

test('an answer that does not count is in the audit log, once, whoever refused it', async () => {
  verifies('approval:bus:refused-recorded');
  const sandbox = open(CONFIG);
  const folder = path.join(sandbox.folder, 'state/guard/approvals');
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  await guard.ask(0, 'tools/list');
  guard.say({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } });
  const board = createBusBoard({
    folder,
    clock: systemClock(),
    approver: { name: 'tester', presence: 'script' },
  });
  const { request } = await eventually('a request on the bus', () => board.pending()[0]);
  /** Puts it there as any program of this user can, and waits until it is taken away. */
  const plant = async (content: string): Promise<void> => {
    const file = path.join(folder, 'answers', `${request.id}.json`);
    fs.writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
    await eventually('the end of the file', () => !fs.existsSync(file));
  };
  const answer: ApprovalAnswer = {
    v: 1,
    id: request.id,
    digest: request.digest,
    decision: 'approved',
    remember: null,
    reason: null,
    approver: 'mallory',
    channel: 'desk',
    presence: 'terminal',
    answered_at: request.created_at,
    expires_at: request.expires_at,
    signature: null,
  };
  await plant(JSON.stringify(answer).slice(0, -20));
  await plant(JSON.stringify({ ...answer, channel: 'slack' }));
  await plant(JSON.stringify({ ...answer, digest: `sha256:${'0'.repeat(64)}` }));
  expect(await board.answer(request, { decision: 'approved', reason: null, remember: null })).toEqual({
    kind: 'accepted',
  });
  expect((await guard.answer(1)).result).toMatchObject({ content: [{ text: 'did echo' }] });
  board.close();
  await guard.finish();
  const { id } = request;
  expect(refusalsOf(sandbox)).toEqual([
    { id, channel: 'desk', why: 'the answer file is cut off or no JSON' },
    { id, channel: 'desk', why: 'it came by desk and says that it came by slack' },
    // By the desk, which knows the call and who answered.
    expect.objectContaining({ id, channel: 'desk', approver: 'mallory', digest: request.digest }),
  ]);
});

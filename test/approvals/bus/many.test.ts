import fs from 'node:fs';
import { expect, test } from 'vitest';
import { approvalAnswer, approvalRequest } from '../../support/approval-requests.js';
import { eventually } from '../../support/eventually.js';
import { type BusSystem, systemBus } from '../../../src/approvals/bus/bus-system.js';
import { useBusRig } from './bus-rig.js';

const rig = useBusRig();
const approve = { decision: 'approved', reason: null, remember: null } as const;
const REQUESTS = 1000;

test('1,000 requests at once: each gets its own answer, and the folder is watched once', async () => {
  let watches = 0;
  const system: BusSystem = {
    ...systemBus(),
    watch(...words) {
      watches += 1;
      return systemBus().watch(...words);
    },
  };
  const channel = rig.channel({ system });
  const requests = Array.from({ length: REQUESTS }, (_, index) => approvalRequest(index + 1));
  const opened = requests.map((request) => rig.open(channel, request));
  const board = rig.board();
  expect(board.pending().map(({ request }) => request)).toEqual(requests);
  for (const request of requests) {
    const answer = approvalAnswer(request, 'approved', { approver: `for ${request.id}` });
    rig.plant('answers', `.${request.id}.tmp`, answer);
  }
  // One of them by the board itself, in the middle of all others.
  const chosen = requests[500] ?? approvalRequest(0);
  const receipt = board.answer(chosen, approve);
  for (const request of requests) {
    if (request === chosen) continue;
    fs.renameSync(`${rig.folders.answers}/.${request.id}.tmp`, `${rig.folders.answers}/${request.id}.json`);
  }
  await eventually('every answer', () => opened.every(({ answers }) => answers.length > 0));
  expect(await receipt).toEqual({ kind: 'accepted' });
  for (const [index, { answers }] of opened.entries()) {
    const request = requests[index];
    const approver = request === chosen ? 'ana' : `for ${request?.id}`;
    expect(answers.map(({ id, digest, approver: by }) => [id, digest, by])).toEqual([
      [request?.id, request?.digest, approver],
    ]);
  }
  expect(rig.names('requests')).toEqual([]);
  expect(watches).toBe(1);
});

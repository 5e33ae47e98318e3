import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { approvalId, approvalRequest, endBy } from '../../support/approval-requests.js';
import { useBusRig } from './bus-rig.js';

const rig = useBusRig();
const approve = { decision: 'approved', reason: null, remember: null } as const;
const deny = { decision: 'denied', reason: 'not today', remember: null } as const;

describe('a request and its answer', () => {
  test('go through files, and what remains is how it ended', async () => {
    const channel = rig.channel();
    const board = rig.board();
    const request = approvalRequest(1);
    const { answers, undelivered } = rig.open(channel, request);
    expect(board.pending()).toEqual([{ request, remainingMs: 300_000 }]);

    expect(await board.answer(request, approve)).toEqual({ kind: 'accepted' });
    expect(answers).toEqual([
      expect.objectContaining({
        id: request.id,
        digest: request.digest,
        decision: 'approved',
        approver: 'ana',
      }),
    ]);
    expect(undelivered).toEqual([]);
    expect(board.pending()).toEqual([]);
    expect(rig.names('requests')).toEqual([]);
    expect(rig.names('answers')).toEqual([]);
    expect(board.ended(10)).toEqual([{ request, end: endBy(answers[0]!) }]);
    expect(board.lastApproved(approvalRequest(2))?.request).toEqual(request);
    expect(board.troubles()).toEqual([]);
    expect(rig.notes).toEqual([]);
  });
});

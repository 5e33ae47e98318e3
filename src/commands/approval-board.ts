import type { ApprovalBoard } from '../approvals/board.js';
import { createBusBoard } from '../approvals/bus/bus-board.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { ApproverHand } from './approver-hand.js';
import type { Tools } from './command.js';

/** The board of all guard processes of this user. */
export function openBoard(tools: Tools, hand: ApproverHand): ApprovalBoard {
  const folder = stateFiles(guardPaths(tools.env)).approvals;
  return createBusBoard({ folder, clock: tools.clock, approver: hand.approver });
}

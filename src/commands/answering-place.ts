import type { ApprovalBoard } from '../approvals/board.js';
import type { AnsweringTools } from './answer-requests.js';
import { openBoard } from './approval-board.js';
import { type ApproverHand, approverHand } from './approver-hand.js';
import type { CommandInput, Tools } from './command.js';
import { saveRememberedAnswer } from './save-remembered-answer.js';
import { textOption } from './text-option.js';

/** Where calls are answered: on this machine, or at the guard that `--url` names. */
export interface AnsweringPlace {
  readonly board: ApprovalBoard;
  readonly hand: ApproverHand;
  readonly save: AnsweringTools['save'];
}

/** The place that the options name. Throws GuardError `usage`, `dashboard-unreachable`. */
export async function placeOf(input: CommandInput, tools: Tools): Promise<AnsweringPlace> {
  const hand = approverHand(input, tools);
  const url = textOption(input, 'url');
  if (url === undefined) {
    return {
      board: openBoard(tools, hand),
      hand,
      save: (request, draft) => saveRememberedAnswer(request, draft, hand, tools),
    };
  }
  const { openRemoteBoard, remoteHand } = await import('./remote-approvals.js');
  const board = await openRemoteBoard(url, input, tools, hand);
  // The other guard keeps it, and says what was wrong.
  return { board, hand: remoteHand(hand), save: () => Promise.resolve(board.keepingTrouble()) };
}

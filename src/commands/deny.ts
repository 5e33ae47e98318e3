import { GuardError } from '../platform/errors.js';
import { answerRequests, reasonOption } from './answer-requests.js';
import { openBoard } from './approval-board.js';
import { approverHand } from './approver-hand.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { askPassphrase } from './passphrase.js';

/** Denies the calls that are named. */
export const run: Run = async (input, tools) => {
  if (input.args.length === 0) {
    throw new GuardError('usage', 'expected the id of a call, got none', {
      hint: 'guard approve --list shows the ids; guard deny ID --reason TEXT',
    });
  }
  const hand = approverHand(input, tools);
  const board = openBoard(tools, hand);
  try {
    return await answerRequests(
      input.args,
      { decision: 'denied', reason: reasonOption(input), remember: null },
      {
        board,
        hand,
        askPassphrase: () => askPassphrase(tools, 'passphrase: '),
        save: () => Promise.resolve(undefined),
        print: (line) => printText(tools.stdout, `${line}\n`),
      },
    );
  } finally {
    board.close();
  }
};

import { GuardError } from '../platform/errors.js';
import { answerRequests, reasonOption } from './answer-requests.js';
import { placeOf } from './answering-place.js';
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
  const { board, hand } = await placeOf(input, tools);
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

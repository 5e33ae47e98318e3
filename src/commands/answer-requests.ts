import type { AnswerDraft, ApprovalBoard, PendingApproval } from '../approvals/board.js';
import type { AnswerReceipt, ApprovalEnd } from '../approvals/channel.js';
import { proposeRemembered, whyNotRemembered } from '../approvals/remember/proposal.js';
import type { ApprovalRequest, RememberScope } from '../approvals/request.js';
import { APPROVALS_ENDED_MAX, REASON_CHARS_MAX } from '../platform/bounds.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import type { ApproverHand } from './approver-hand.js';
import type { CommandInput } from './command.js';
import { textOption } from './text-option.js';

/** What was decided on the command line, for each of the requests. */
export interface CommandAnswer {
  readonly decision: 'approved' | 'denied';
  readonly reason: string | null;
  readonly remember: RememberScope | null;
}

export interface AnsweringTools {
  readonly board: ApprovalBoard;
  readonly hand: ApproverHand;
  /** Asks for the passphrase on the terminal. Throws GuardError where there is none. */
  readonly askPassphrase: () => Promise<string>;
  /** Keeps an answer for later calls; resolves with what was wrong. */
  readonly save: (request: ApprovalRequest, draft: AnswerDraft) => Promise<string | undefined>;
  readonly print: (line: string) => Promise<void>;
}

/** The reason that was given; null for none. Throws GuardError `usage` for one that is too long. */
export function reasonOption(input: CommandInput): string | null {
  const reason = textOption(input, 'reason')?.trim() ?? '';
  const characters = Array.from(reason).length;
  if (characters <= REASON_CHARS_MAX) return reason === '' ? null : reason;
  throw new GuardError(
    'usage',
    `--reason: expected at most ${REASON_CHARS_MAX} characters, got ${characters}`,
    {
      hint: 'say it shorter',
    },
  );
}

/** Answers requests one after the other; the exit code is 1 where one of the answers did not count. */
export async function answerRequests(
  ids: readonly string[],
  answer: CommandAnswer,
  tools: AnsweringTools,
): Promise<number> {
  // All words are looked at before the first answer: a mistake in the second must not leave half done.
  const found = ids.map((id) => requestNamed(id, tools.board));
  let exitCode: number = EXIT_CODES.ok;
  for (const one of found) {
    const outcome = 'text' in one ? one : await answerOne(one.request, answer, tools);
    await tools.print(outcome.text);
    if (!outcome.isDone) exitCode = EXIT_CODES.findings;
  }
  return exitCode;
}

interface Outcome {
  readonly isDone: boolean;
  readonly text: string;
}

async function answerOne(
  request: ApprovalRequest,
  answer: CommandAnswer,
  tools: AnsweringTools,
): Promise<Outcome> {
  const draft = draftOf(request, answer);
  if ('text' in draft) return draft;
  if (request.approvers !== null) {
    const why = await signable(tools);
    if (why !== undefined) return failed(request, why);
  }
  const receipt = await tools.board.answer(request, draft);
  const outcome = outcomeOf(request, draft, receipt);
  const isKept = outcome.isDone && draft.remember !== null && draft.remember.scope !== 'session';
  const trouble = isKept ? await tools.save(request, draft) : undefined;
  if (trouble === undefined) return outcome;
  return { isDone: false, text: `${outcome.text}\n  but not remembered: ${printable(trouble)}` };
}

function draftOf(
  request: ApprovalRequest,
  { decision, reason, remember }: CommandAnswer,
): AnswerDraft | Outcome {
  if (decision === 'approved' && !request.arguments_complete) {
    return failed(request, 'its arguments are too large to be shown whole, so it can only be denied');
  }
  if (remember === null) return { decision, reason, remember };
  const why = whyNotRemembered(request);
  if (why !== null) return failed(request, `it cannot be remembered: ${why}; approve it without --remember`);
  try {
    return { decision, reason, remember: proposeRemembered(request, remember) };
  } catch {
    return failed(request, `the rule lets answers be remembered for the scope ${request.remember} at most`);
  }
}

/** Opens the key where that is still to be done; what is in the way of a signature. */
async function signable({ hand, askPassphrase }: AnsweringTools): Promise<string | undefined> {
  const signing = hand.signing();
  switch (signing.kind) {
    case 'ready':
      return undefined;
    case 'impossible':
      return signing.why;
    case 'locked':
      return hand.unlock(await askPassphrase());
  }
}

function outcomeOf(request: ApprovalRequest, draft: AnswerDraft, receipt: AnswerReceipt): Outcome {
  switch (receipt.kind) {
    case 'accepted': {
      const scope = draft.remember === null ? '' : `, remembered for the ${draft.remember.scope}`;
      return { isDone: true, text: `${draft.decision}: ${titleOf(request)}${scope}` };
    }
    case 'late':
      return { isDone: false, text: `too late: ${titleOf(request)} ${endOf(receipt.end)}` };
    case 'refused':
      return failed(request, `the answer did not count: ${receipt.why}`);
  }
}

function failed(request: ApprovalRequest, why: string): Outcome {
  return { isDone: false, text: `not answered: ${titleOf(request)}: ${printable(why)}` };
}

function titleOf(request: ApprovalRequest): string {
  return printable(`${request.id} ${request.server} ${request.tool ?? request.method}`);
}

function endOf(end: ApprovalEnd | null): string {
  if (end === null) return 'is not pending any more';
  const by = end.approver === null ? '' : ` by ${end.approver}`;
  const through = end.channel === null ? '' : ` through ${end.channel}`;
  const why = end.reason === null ? '' : `: ${end.reason}`;
  return printable(`is not pending any more: ${end.state}${by}${through}${why}`);
}

/** The one pending request whose id begins so, with or without `apr_`. Throws GuardError `usage` for several. */
function requestNamed(word: string, board: ApprovalBoard): PendingApproval | Outcome {
  const prefix = word.startsWith(PREFIX) ? word : `${PREFIX}${word}`;
  const found = board.pending().filter(({ request }) => request.id.startsWith(prefix));
  const [only] = found;
  if (found.length > 1) {
    const ids = found.map(({ request }) => request.id).join(', ');
    throw new GuardError('usage', `"${printable(word)}" is the beginning of several ids: ${ids}`, {
      hint: 'give more of the id',
    });
  }
  if (only !== undefined) return graveOf(only, prefix) ?? only;
  const ended = board.ended(APPROVALS_ENDED_MAX).find(({ request }) => request.id.startsWith(prefix));
  if (ended !== undefined)
    return { isDone: false, text: `too late: ${titleOf(ended.request)} ${endOf(ended.end)}` };
  return {
    isDone: false,
    text: `no call with the id ${printable(word)} waits for an answer: guard approve --list`,
  };
}

const PREFIX = 'apr_';

/** The beginning of an id is too little to mean a call that may destroy something. */
function graveOf({ request }: PendingApproval, prefix: string): Outcome | undefined {
  const isGrave = request.destructive || request.standing === 'drifted';
  if (!isGrave || prefix === request.id) return undefined;
  return failed(
    request,
    `it is ${request.destructive ? 'destructive' : 'of a tool that changed'}: give its whole id`,
  );
}

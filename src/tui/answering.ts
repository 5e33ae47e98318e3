import type { AnswerDraft } from '../approvals/board.js';
import type { ApprovalRequest } from '../approvals/request.js';
import { EMPTY_LINE } from './line-editor.js';
import { BROWSE, noted, only, type ScreenState, type Step } from './screen-state.js';
import type { StepContext } from './screen-step.js';

/** Hands an answer in, after the passphrase where one must sign and the key is still locked. */
export function answered(
  state: ScreenState,
  request: ApprovalRequest,
  draft: AnswerDraft,
  context: Pick<StepContext, 'signing'>,
): Step {
  if (request.approvers !== null) {
    const signing = context.signing();
    if (signing.kind === 'impossible') return only(noted({ ...state, mode: BROWSE }, 'bad', signing.why));
    if (signing.kind === 'locked') {
      const mode = {
        kind: 'passphrase',
        id: request.id,
        editor: EMPTY_LINE,
        draft,
        isChecking: false,
      } as const;
      return only({ ...state, mode, notice: null });
    }
  }
  const answering = new Set(state.answering).add(request.id);
  return {
    state: { ...noted(state, 'dim', 'answering…'), answering, mode: BROWSE },
    effects: [{ kind: 'answer', request, draft }],
  };
}

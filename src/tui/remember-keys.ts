import { proposeRemembered } from '../approvals/remember/proposal.js';
import { answered } from './answering.js';
import type { Key } from './key-reader.js';
import {
  dropped,
  pathsOf,
  type RememberDraft,
  rememberedFrom,
  widened,
  withNextExpiry,
  withNextScope,
} from './remember-draft.js';
import { BROWSE, type Mode, only, type ScreenState, selectedOf, type Step } from './screen-state.js';
import type { StepContext } from './screen-step.js';

type RememberMode = Extract<Mode, { readonly kind: 'remember' }>;

/** The screen after a key while a remembered answer is edited. Nothing is saved without the last `y`. */
export function rememberKey(state: ScreenState, mode: RememberMode, key: Key, context: StepContext): Step {
  const request = selectedOf(state)?.request;
  if (request === undefined || request.id !== mode.id) return only({ ...state, mode: BROWSE });
  const { draft } = mode;
  const command = key.kind === 'character' ? key.text : key.kind === 'named' ? key.name : '';
  const become = (next: RememberDraft): Step => only({ ...state, mode: { ...mode, draft: next } });
  if (draft.isConfirming) {
    if (command === 'escape') return become({ ...draft, isConfirming: false });
    if (command !== 'y') return only(state);
    const remember = rememberedFrom(draft, context.wallMs());
    return answered(state, request, { decision: 'approved', reason: null, remember }, context);
  }
  switch (command) {
    case 'escape':
      return only({ ...state, mode: BROWSE });
    case 'up':
    case 'k':
      return become({ ...draft, row: Math.max(0, draft.row - 1) });
    case 'down':
    case 'j':
      return become({ ...draft, row: Math.min(Math.max(0, pathsOf(draft).length - 1), draft.row + 1) });
    case 'w':
      return become(widened(draft));
    case 'x':
      return become(dropped(draft));
    case 'u':
      return become({ ...draft, remembered: proposeRemembered(request, draft.remembered.scope) });
    case 'o':
      return become(withNextScope(draft));
    case 'e':
      return become(withNextExpiry(draft));
    case 'enter':
      return become({ ...draft, isConfirming: true });
    default:
      return only(state);
  }
}

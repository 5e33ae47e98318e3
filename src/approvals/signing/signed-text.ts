import { canonicalJson } from '../../platform/canonical-json.js';
import type { JsonObject } from '../../platform/json.js';
import type { ApprovalAnswer } from '../answer.js';
import type { RememberedEntry } from '../remember/entry.js';

/**
 * What an approver signs: a line that says what the text is, so that a signature made for one thing
 * is none for another, and the canonical JSON of every member but the signature.
 */
export function answerText(answer: ApprovalAnswer): string {
  return signedText('guard approval answer v1', answer);
}

/** The same for an entry of the remembered answers. */
export function rememberedText(entry: RememberedEntry): string {
  return signedText('guard remembered answer v1', entry);
}

function signedText(kind: string, value: ApprovalAnswer | RememberedEntry): string {
  const { signature: _signature, ...signed } = value;
  return `${kind}\n${canonicalJson(signed as unknown as JsonObject)}`;
}

import { setTimeout as delay } from 'node:timers/promises';
import {
  APPROVAL_ANSWER_BYTES_MAX,
  APPROVAL_CONFIRM_LOOK_MS,
  APPROVAL_CONFIRM_MS,
} from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import { messageOf } from '../../platform/errors.js';
import { stampOf } from '../../platform/file-stamp.js';
import { APPROVAL_ANSWER_VERSION, type ApprovalAnswer } from '../answer.js';
import type { AnswerDraft, Approver } from '../board.js';
import type { AnswerReceipt, ApprovalEnd } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { answerText } from '../signing/signed-text.js';
import { readRefused } from './bus-files.js';
import { type BusFolders, fileOf, idOfRefusedName } from './bus-folder.js';
import type { BusSystem } from './bus-system.js';
import { createFile, removeFile } from './bus-write.js';
import type { EndedFiles } from './ended-files.js';
import { namesIn } from './pruning.js';

/** What an answer needs of the board. */
export interface AnsweringOptions {
  readonly folders: BusFolders;
  readonly clock: Clock;
  readonly approver: Approver;
  readonly channel: string;
  readonly system: BusSystem;
  readonly ended: Pick<EndedFiles, 'find'>;
}

/**
 * Writes an answer file and waits until the process that holds the call says what became of it. An
 * answer that nobody took is taken back, so that it cannot count after the person was told that it
 * did not.
 */
export async function answerRequest(
  options: AnsweringOptions,
  request: ApprovalRequest,
  draft: AnswerDraft,
): Promise<AnswerReceipt> {
  const { folders, system, ended } = options;
  const over = ended.find(request.id);
  if (over !== undefined) return { kind: 'late', end: over.end };
  let answer: ApprovalAnswer;
  try {
    answer = answerOf(options, request, draft);
  } catch (error) {
    return { kind: 'refused', why: `the answer could not be signed: ${messageOf(error)}` };
  }
  if (request.approvers !== null && answer.signature === null) return { kind: 'refused', why: UNSIGNED };
  const file = fileOf(folders.answers, request.id);
  let written = createFile(file, answer, APPROVAL_ANSWER_BYTES_MAX, system);
  if (written.kind === 'exists') {
    const end = await waitFor(
      () => ended.find(request.id)?.end ?? (stampOf(file) === undefined ? null : undefined),
    );
    // Somebody else was first, unless that answer did not count and made room.
    if (end !== null) return { kind: 'late', end: end ?? null };
    written = createFile(file, answer, APPROVAL_ANSWER_BYTES_MAX, system);
    if (written.kind === 'exists') return { kind: 'late', end: null };
  }
  if (written.kind === 'trouble') return { kind: 'refused', why: written.why };
  const own: OwnAnswer = { file, answer, stamp: stampOf(file), digest: written.digest };
  return (await waitFor(() => receiptOf(options, own))) ?? takeBack(options, own, request);
}

/** An answer that was written, and how to know its file again. */
interface OwnAnswer {
  readonly file: string;
  readonly answer: ApprovalAnswer;
  readonly stamp: string | undefined;
  readonly digest: string;
}

const UNSIGNED =
  'an answer to this request counts only with the signature of an enrolled approver: see guard approver --help';

/** What became of the answer; undefined while nothing shows. */
function receiptOf(options: AnsweringOptions, own: OwnAnswer): AnswerReceipt | undefined {
  const { folders, ended, system } = options;
  const { id } = own.answer;
  const stamp = stampOf(own.file);
  // Looked for after that, since the owner writes what became of an answer before it removes it.
  const end = ended.find(id)?.end;
  if (end !== undefined) {
    // Nothing asks any more: an answer that came after the end would lie there for ever.
    removeFile(own.file);
    return isBy(own.answer, end) ? { kind: 'accepted' } : { kind: 'late', end };
  }
  if (stamp !== undefined && stamp === own.stamp) return undefined;
  for (const name of namesIn(folders.refused)) {
    if (idOfRefusedName(name) !== id) continue;
    const reading = readRefused(folders.refused, name, id, system.user);
    if (reading.kind === 'value' && reading.value.answer === own.digest) {
      return { kind: 'refused', why: reading.value.why };
    }
  }
  return undefined;
}

async function takeBack(
  options: AnsweringOptions,
  own: OwnAnswer,
  { owner }: ApprovalRequest,
): Promise<AnswerReceipt> {
  const isThere = own.stamp !== undefined && stampOf(own.file) === own.stamp;
  if (isThere) removeFile(own.file);
  // The owner may have read it just before.
  await delay(APPROVAL_CONFIRM_LOOK_MS);
  const receipt = receiptOf(options, own);
  if (receipt !== undefined) return receipt;
  const why = isThere
    ? `the guard process that holds the call (pid ${owner.pid}) does not react, and the answer was taken back: look whether that process is stopped, then answer again`
    : 'the answer file was removed by somebody before it counted: answer again';
  return { kind: 'refused', why };
}

/** The end names the channel as the owner's config calls it, which no board knows. */
function isBy(answer: ApprovalAnswer, end: ApprovalEnd): boolean {
  return end.state === answer.decision && end.approver === answer.approver;
}

/** Looks until there is a value, for APPROVAL_CONFIRM_MS. Counts its looks: no clock can make it endless. */
async function waitFor<Value>(probe: () => Value | undefined): Promise<Value | undefined> {
  for (let waitedMs = 0; ; waitedMs += APPROVAL_CONFIRM_LOOK_MS) {
    const value = probe();
    if (value !== undefined || waitedMs >= APPROVAL_CONFIRM_MS) return value;
    await delay(APPROVAL_CONFIRM_LOOK_MS);
  }
}

function answerOf(options: AnsweringOptions, request: ApprovalRequest, draft: AnswerDraft): ApprovalAnswer {
  const { approver, clock, channel } = options;
  const isSignatureIdle = approver.presence === 'signature' && request.approvers === null;
  const unsigned: ApprovalAnswer = {
    v: APPROVAL_ANSWER_VERSION,
    id: request.id,
    digest: request.digest,
    decision: draft.decision,
    remember: draft.remember,
    reason: draft.reason,
    approver: approver.name,
    channel,
    // Where nobody is enrolled a signature shows nothing; who could sign was at a terminal.
    presence: isSignatureIdle ? 'terminal' : approver.presence,
    answered_at: clock.timestamp(),
    expires_at: request.expires_at,
    signature: null,
  };
  return approver.sign === undefined
    ? unsigned
    : { ...unsigned, signature: approver.sign(answerText(unsigned)) };
}

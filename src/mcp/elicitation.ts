import type { RpcId } from '../jsonrpc/message.js';
import { requestFrame } from '../jsonrpc/replies.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../platform/json.js';

const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** What a person did with a form (2025-11-25, client/elicitation). */
export interface FormAnswer {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content: JsonObject;
}

/** Whether the client said in `initialize` that it shows forms; `{}` means forms, as before modes were named. */
export function elicitsForms(params: JsonObject | undefined): boolean {
  return declaresForms(params === undefined ? undefined : member(params, 'capabilities'));
}

/** The same for one request of the modern era, which declares it anew each time. */
export function requestElicitsForms(params: JsonObject | undefined): boolean {
  const meta = params === undefined ? undefined : member(params, '_meta');
  return declaresForms(isJsonObject(meta) ? member(meta, META_CAPABILITIES) : undefined);
}

function declaresForms(capabilities: JsonValue | undefined): boolean {
  const elicitation = isJsonObject(capabilities) ? member(capabilities, 'elicitation') : undefined;
  if (!isJsonObject(elicitation)) return false;
  return isJsonObject(member(elicitation, 'form')) || Object.keys(elicitation).length === 0;
}

/**
 * The parameters of a question that is answered by yes or no. A plain one is an empty form, which
 * clients show as a dialog of one key. With `choice`, a value must be picked and none is preset, so
 * that a stray Enter answers nothing.
 */
export function yesNoForm(message: string, choice: boolean): JsonObject {
  const decision = {
    type: 'string',
    title: 'Decision',
    description: 'approve runs the call, deny refuses it',
    enum: ['approve', 'deny'],
  };
  const requestedSchema: JsonObject = choice
    ? { type: 'object', properties: { decision }, required: ['decision'] }
    : { type: 'object', properties: {} };
  return { mode: 'form', message, requestedSchema };
}

/** The whole frame that asks a client of the older eras. */
export function elicitationFrame(id: RpcId, form: JsonObject): Buffer {
  return requestFrame(id, 'elicitation/create', form);
}

/** What the person did, from a result of `elicitation/create`; undefined for anything that is none. */
export function formAnswerOf(result: JsonValue | undefined): FormAnswer | undefined {
  if (!isJsonObject(result)) return undefined;
  const action = member(result, 'action');
  if (action !== 'accept' && action !== 'decline' && action !== 'cancel') return undefined;
  const content = member(result, 'content');
  return { action, content: isJsonObject(content) ? content : {} };
}

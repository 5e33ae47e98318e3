import type { RefusalReason, RpcId } from '../jsonrpc/message.js';
import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import { errorFrame } from '../jsonrpc/replies.js';
import { denialFrame, dryRunFrame, type AnsweredRequest } from '../mcp/denial.js';
import { isNoServerRequest, serverRequestHandling } from '../mcp/methods.js';
import { readTarget } from '../mcp/request-target.js';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import type { Ruling } from '../pipeline/ruling.js';
import type { Conversation } from './conversation.js';
import { openRequest, recordRelayed, unholdableFrame } from './requests.js';

/** What becomes of a request of the server. `judged` ones wait for the log before they leave. */
export type ServerRequestReply =
  | { readonly kind: 'relayed' }
  | { readonly kind: 'judged' }
  | { readonly kind: 'reply'; readonly frame: Buffer };

/** Judges what the server asks of the client: sampling, elicitation, roots, and what nobody defined. */
export class ServerRequestDesk {
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Rules on one request whose line is `line`, strict JSON as the inspector found. */
  judge(id: RpcId, method: string, line: Buffer): ServerRequestReply {
    const conversation = this.#conversation;
    if (conversation.fromServer.has(id) || conversation.options.approvals.parts?.channel?.owns(id) === true) {
      // Answering under this id would end the request that still uses it.
      const detail = 'a request with this id is still open';
      return this.#refuse(null, method, line, ERROR_CODES.invalidRequest, 'id-in-use', detail);
    }
    if (conversation.fromServer.full) {
      const detail = 'too many requests are open';
      return this.#refuse(id, method, line, ERROR_CODES.tooManyPending, 'too-many-pending', detail);
    }
    const handling = serverRequestHandling(method);
    const open = openRequest(conversation, method, undefined, false, undefined);
    if (handling === 'relayed') {
      conversation.fromServer.add(id, open);
      recordRelayed(conversation, open, id, 'server-to-client');
      return { kind: 'relayed' };
    }
    if (isNoServerRequest(method)) {
      // A server does not call tools of the client; looping it back would run it as the client's.
      return this.#refuse(
        id,
        method,
        line,
        ERROR_CODES.methodNotFound,
        'bad-method',
        `a server does not send ${method}`,
      );
    }
    const params = paramsOf(line);
    const target = readTarget(method, params);
    if ('invalid' in target)
      return this.#refuse(id, method, line, ERROR_CODES.invalidParams, 'bad-params', target.invalid);
    const ruling = conversation.options.pipeline.rule({
      requestId: open.requestId,
      rpcId: id,
      direction: 'server-to-client',
      subject: conversation.subject(method, handling !== undefined, target),
      argumentBytes: undefined,
      paramBytes: () => undefined,
      params,
      tools: conversation.catalog,
      approvalId: undefined,
      holdable: false,
    });
    if (ruling.kind === 'forward') {
      conversation.fromServer.add(id, open);
      return { kind: 'judged' };
    }
    const frame = frameFor(ruling, { id, method, modern: false }, open.requestId);
    conversation.settle(open, ruling.kind === 'dry-run' ? 'dry-run' : 'denied', frame.length);
    return { kind: 'reply', frame };
  }

  /** Answers the server in the client's place, and records that it tried. */
  #refuse(
    id: RpcId | null,
    method: string,
    line: Buffer,
    code: number,
    reason: RefusalReason,
    detail: string,
  ): ServerRequestReply {
    const { trail } = this.#conversation.options;
    trail.refusal({ direction: 'server-to-client', reason, detail, size: line.length, rpc_id: id, method });
    return { kind: 'reply', frame: errorFrame(id, code, `guard: ${detail}`) };
  }
}

function frameFor(
  ruling: Exclude<Ruling, { kind: 'forward' }>,
  answered: AnsweredRequest,
  requestId: string,
): Buffer {
  switch (ruling.kind) {
    case 'deny':
      return denialFrame(answered, ruling.denial, 'error');
    case 'hold':
      return unholdableFrame(answered.id, requestId);
    case 'dry-run':
      return dryRunFrame(answered, ruling.answer);
  }
}

function paramsOf(line: Buffer): JsonObject | undefined {
  const message = JSON.parse(line.toString('utf8')) as JsonObject;
  const params = member(message, 'params');
  return isJsonObject(params) ? params : undefined;
}

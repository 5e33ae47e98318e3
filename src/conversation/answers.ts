import type { RecordResult } from '../audit/record.js';
import type { Charge } from '../pipeline/ruling.js';
import { ERROR_CODES } from '../jsonrpc/error-codes.js';
import { errorFrame } from '../jsonrpc/replies.js';
import type { ServerAnswer, ServerInspector } from '../jsonrpc/server-line.js';
import { MODERN_REVISION, revisionOf } from '../mcp/era.js';
import { denialFrame, dryRunFrame } from '../mcp/denial.js';
import { inputRequestsOf, type InputRequest } from '../mcp/input-required.js';
import { markedQuestions } from '../mcp/marked-question.js';
import { isNoServerRequest } from '../mcp/methods.js';
import { readTarget } from '../mcp/request-target.js';
import { withoutTools } from '../mcp/tools-list.js';
import { isJsonObject, member, type JsonObject } from '../platform/json.js';
import { canPossiblyPass } from '../policy/can-pass.js';
import type { Conversation, OpenRequest } from './conversation.js';
import { roundKey } from './paid-rounds.js';
import { unholdableFrame, unrecordedFrame } from './requests.js';

/** MCP's error for "open this URL first" (2025-11-25, client/elicitation): an elicitation in another form. */
const URL_ELICITATION_REQUIRED = -32042;

/**
 * Looks at the answers that tell guard something: tool lists, the era, questions to the client.
 * Every other answer is only counted as the end of its request and never built as a value.
 */
export class AnswerDesk {
  readonly #conversation: Conversation;
  readonly #inspector: ServerInspector;

  constructor(conversation: Conversation, inspector: ServerInspector) {
    this.#conversation = conversation;
    this.#inspector = inspector;
  }

  /** Settles the request; returns a frame to send in the answer's place, or null to pass it as it is. */
  observe(line: ServerAnswer, open: OpenRequest, bytes: Buffer, start: number, end: number): Buffer | null {
    // Clients ask for the era in a process of its own, so this one may never see `server/discover`.
    if (open.modern && line.resultType !== undefined) this.#conversation.nameEra(MODERN_REVISION);
    const replaced = this.#replacement(line, open, bytes, start, end);
    if (replaced !== null && asks(line)) {
      // The client reads a denial, whatever the server had answered; the server has worked on the call.
      if (open.charge !== undefined) this.#conversation.options.settleCharge(open.charge, 'input-required');
      open.charge = undefined;
      this.#conversation.settle(open, 'denied', replaced.length);
      return replaced;
    }
    if (open.charge !== undefined && !isComplete(line)) open.charge = withoutProof(open.charge);
    if (line.resultType === 'input_required') this.#keepRound(open, bytes, start, end);
    this.#conversation.settle(open, resultOf(line), replaced?.length ?? end - start, {
      error_code: line.errorCode,
      response: this.#conversation.options.trail.logsResponses ? messageOf(bytes, start, end) : undefined,
    });
    if (!asks(line)) return replaced;
    const { server } = this.#conversation.options.parties;
    return Buffer.concat([markedQuestions(bytes.subarray(start, end), server), LF]);
  }

  /** What the call has drawn waits for the retry that continues it. */
  #keepRound(open: OpenRequest, bytes: Buffer, start: number, end: number): void {
    if (open.charge === undefined || open.callKey === undefined) return;
    const result = member(messageOf(bytes, start, end), 'result');
    const state = isJsonObject(result) ? member(result, 'requestState') : null;
    if (state !== undefined && typeof state !== 'string') return;
    this.#conversation.paidRounds.keep(roundKey(open.callKey, state), open.charge);
    open.charge = undefined;
  }

  #replacement(
    line: ServerAnswer,
    open: OpenRequest,
    bytes: Buffer,
    start: number,
    end: number,
  ): Buffer | null {
    if (asks(line)) {
      return this.#judgeQuestions(line, open, messageOf(bytes, start, end));
    }
    if (line.outcome === 'error') return null;
    switch (open.method) {
      case 'tools/list':
        return this.#toolList(open, bytes, start, end);
      case 'initialize':
      case 'server/discover': {
        const result = member(messageOf(bytes, start, end), 'result');
        if (isJsonObject(result)) this.#conversation.nameEra(revisionOf(open.method, result));
        return null;
      }
      default:
        return null;
    }
  }

  #toolList(open: OpenRequest, bytes: Buffer, start: number, end: number): Buffer | null {
    const { catalog, options } = this.#conversation;
    // The line may have been inspected elsewhere, and the place of the tools is told of the last one only.
    this.#inspector.inspect(bytes, start, end);
    const span = this.#inspector.resultMember(bytes, 'tools');
    const result = member(messageOf(bytes, start, end), 'result');
    if (span === null || !isJsonObject(result)) return null;
    for (const drift of catalog.observePage(open.cursor, result)) {
      options.trail.event({ event: 'tool-drift', detail: { tool: drift.tool, aspects: [...drift.aspects] } });
      options.diagnostics.repeated(
        'drift',
        `the definition of the tool "${drift.tool}" changed (${drift.aspects.join(', ')})`,
      );
    }
    options.onToolList?.(catalog);
    const frame = bytes.subarray(start, end);
    const tools = { start: span.start - start, end: span.end - start };
    const filtered = withoutTools(frame, tools, result, (name) => this.#hidden(name));
    return filtered === null ? null : Buffer.concat([filtered, LF]);
  }

  #hidden(name: string): boolean {
    const { catalog, client, options } = this.#conversation;
    const { server, agent, claims, scopes } = options.parties;
    const tool = {
      name,
      server,
      agent,
      client,
      claims,
      scopes,
      standing: catalog.standing(name),
      hints: catalog.hints(name),
    };
    return !canPossiblyPass(options.policyInForce(), tool);
  }

  /**
   * Judges each question that the answer carries; one denied question ends the request with a
   * denial. The decisions are in the log before the client sees a question.
   */
  #judgeQuestions(line: ServerAnswer, open: OpenRequest, message: JsonObject): Buffer | null {
    for (const question of inputRequestsOf(message)) {
      const denied = this.#judgeQuestion(line, open, question);
      if (denied !== null) return denied;
    }
    const { trail, auditRequired } = this.#conversation.options;
    if (trail.commit() || !auditRequired) return null;
    return unrecordedFrame(line.id, open.requestId);
  }

  #judgeQuestion(line: ServerAnswer, open: OpenRequest, question: InputRequest): Buffer | null {
    const conversation = this.#conversation;
    const target = readTarget(question.method, question.params);
    if ('invalid' in target || isNoServerRequest(question.method)) {
      const message = `guard: the server asks "${question.method}", which cannot be judged`;
      return errorFrame(line.id, ERROR_CODES.denied, message, { request_id: open.requestId });
    }
    const ruling = conversation.options.pipeline.rule({
      requestId: conversation.nextRequestId(),
      rpcId: open.origin === undefined ? line.id : open.origin.rpcId,
      httpRequestId: open.origin?.httpRequestId,
      direction: 'server-to-client',
      subject: conversation.subject(question.method, question.known, target),
      argumentBytes: undefined,
      paramBytes: () => undefined,
      params: question.params,
      tools: conversation.catalog,
      approvalId: undefined,
      holdable: false,
    });
    const answered = { id: line.id, method: open.method, modern: open.modern };
    switch (ruling.kind) {
      case 'forward':
        return null;
      case 'deny':
        return denialFrame(answered, ruling.denial, conversation.options.denialStyle);
      case 'hold':
        return unholdableFrame(line.id, open.requestId);
      case 'dry-run':
        return dryRunFrame({ ...answered, method: question.method }, ruling.answer);
    }
  }
}

const LF = Buffer.from('\n');

/** Whether the answer carries questions to the client. */
function asks(line: ServerAnswer): boolean {
  return line.resultType === 'input_required' || line.errorCode === URL_ELICITATION_REQUIRED;
}

/** Whether the answer is the end of what was asked, and not a word on the way, such as that a task was made. */
function isComplete({ resultType }: ServerAnswer): boolean {
  return resultType === undefined || resultType === 'complete';
}

function withoutProof({ kept, refundable, draws }: Charge): Charge {
  return { kept, refundable, draws };
}

function resultOf(line: ServerAnswer): RecordResult {
  if (line.outcome === 'error') return 'error';
  if (line.resultType === 'input_required') return 'input-required';
  return line.isError ? 'tool-error' : 'ok';
}

function messageOf(bytes: Buffer, start: number, end: number): JsonObject {
  return JSON.parse(bytes.toString('utf8', start, end)) as JsonObject;
}

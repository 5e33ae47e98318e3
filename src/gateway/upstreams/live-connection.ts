import { Outlet } from '../../conversation/outlet.js';
import { ERROR_CODES } from '../../jsonrpc/error-codes.js';
import { FrameSplitter, type FrameSink } from '../../jsonrpc/frames.js';
import type { RpcId } from '../../jsonrpc/message.js';
import { errorFrame, notificationFrame, requestFrame, resultFrame } from '../../jsonrpc/replies.js';
import { idOfRemnant, ServerInspector, type ServerAnswer } from '../../jsonrpc/server-line.js';
import { modernEnvelope } from '../../mcp/era.js';
import { NOISE_CHARS_MAX, REPLY_BYTES_MAX, TIMER_MS_MAX, UPSTREAM_CHECK_MS } from '../../platform/bounds.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import type { JsonObject } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import type { Schedule } from '../../platform/schedule.js';
import type { RemoteFailure } from '../../upstream/remote/failure.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { DroppedLine, LineEvents, OwnedConnection, ServerFacts } from './connection.js';
import { endOfUpstream } from './end-of-upstream.js';
import { GUARD_INFO } from './guard-info.js';
import { JoinedLines } from './joined-lines.js';
import type { Asker } from './handshake.js';
import { noiseText } from './noise-text.js';
import { isOwnId, OWN_PREFIX, readOwnAnswer, type OwnAnswer, type TransportTrouble } from './own-answer.js';
import { routedAnswer } from './routed-answer.js';

/** Statuses that say something of one message and nothing of the connection. */
const PASSING_STATUSES = new Set<number | undefined>([413, 429, 500, 501, 503]);

export interface LiveOptions {
  readonly name: string;
  readonly upstream: Upstream;
  readonly frameBytesMax: number;
  readonly diagnostics: Diagnostics;
  readonly schedule: Schedule;
  /** Whether requests of the server are answered here, since no one client could answer them. */
  readonly shared: boolean;
}

/** A connection over an upstream: whole lines out, whole lines in, and guard's own requests in between. */
export class LiveConnection implements OwnedConnection, Asker, FrameSink {
  readonly ended: Promise<string>;
  readonly #options: LiveOptions;
  readonly #outlet: Outlet;
  readonly #inspector = new ServerInspector();
  readonly #unsent: JoinedLines;
  readonly #asked = new Map<RpcId, (answer: OwnAnswer) => void>();
  #facts: ServerFacts | undefined;
  #events: LineEvents | null = null;
  #requests = 0;
  #over: string | null = null;
  /** Why guard itself ended it. */
  #reason: string | undefined;
  #closed = false;
  #checking = false;
  #lastTrouble: TransportTrouble | undefined;
  readonly #pauses = new Set<'listener' | 'replies'>();

  /** Begins to read from the upstream. */
  constructor(options: LiveOptions) {
    this.#options = options;
    const { upstream, frameBytesMax } = options;
    this.#outlet = new Outlet(upstream.input, (blocked) => this.#events?.blocked?.(blocked));
    this.#unsent = new JoinedLines(this.#outlet);
    const splitter = new FrameSplitter(frameBytesMax, this);
    upstream.output.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
      this.#events?.readEnd?.();
    });
    this.ended = endOfUpstream(upstream).then((description) => this.#end(this.#reason ?? description));
  }

  /** The handshake is over. */
  settle(facts: ServerFacts): void {
    this.#facts = facts;
  }

  get facts(): ServerFacts {
    if (this.#facts === undefined) throw new Error('the connection is not handshaken');
    return this.#facts;
  }

  get waitingBytes(): number {
    return this.#unsent.waitingBytes + this.#outlet.waitingBytes;
  }

  get blocked(): boolean {
    return this.#outlet.blocked;
  }

  listen(events: LineEvents | null): void {
    this.resume();
    this.#events = events;
  }

  send(lines: readonly Buffer[]): void {
    this.#unsent.add(lines);
  }

  pause(): void {
    this.#hold('listener');
  }

  resume(): void {
    this.#release('listener');
  }

  check(): void {
    if (this.#checking || this.#closed || this.#over !== null || this.#facts === undefined) return;
    this.#checking = true;
    void this.#check(this.#facts);
  }

  async close(): Promise<void> {
    this.#unsent.leave();
    this.#closed = true;
    this.#reason ??= 'was closed';
    this.#events = null;
    await this.#options.upstream.close();
    await this.ended;
  }

  ask(method: string, params: JsonObject, timeoutMs: number): Promise<OwnAnswer> {
    if (this.#over !== null) return Promise.resolve({ kind: 'gone', description: this.#over });
    this.#requests += 1;
    this.#lastTrouble = undefined;
    const id = `${OWN_PREFIX}${this.#requests}`;
    return new Promise((resolve) => {
      const late = this.#options.schedule(timeoutMs, () => this.#answer(id, { kind: 'silent' }));
      this.#asked.set(id, (answer) => {
        late();
        resolve(answer);
      });
      this.send([requestFrame(id, method, params)]);
    });
  }

  tell(method: string, params: JsonObject): void {
    this.send([notificationFrame(method, params)]);
  }

  /** A message did not get through over HTTP. Where that may be true of all that follow, it is found out. */
  failed(failure: RemoteFailure): void {
    const { message, rpcCode, detail } = failure;
    const { status, answer } = detail;
    const garbled = rpcCode === ERROR_CODES.garbledAnswer;
    this.#lastTrouble = { status, message, answered: answer !== undefined, garbled };
    if (!PASSING_STATUSES.has(status)) this.check();
  }

  frame(bytes: Buffer, start: number, end: number, next: number, ascii: boolean): void {
    if (end === start) return;
    const line = this.#inspector.inspect(bytes, start, end, ascii);
    switch (line.kind) {
      case 'answer':
        if (isOwnId(line.id)) return this.#ownAnswer(line, bytes.subarray(start, end));
        return this.#events?.frame(
          bytes.subarray(start, next),
          routedAnswer(line, this.#inspector, bytes, start),
        );
      case 'request':
        if (this.#answersItself(line.id, line.method)) return;
        break;
      case 'notification':
        break;
      case 'garbage': {
        const detail = `a line that is no message (${line.detail}): ${noiseText(bytes, start, end)}`;
        return this.#drop(
          { reason: 'garbled', detail: line.detail, bytes: end - start, id: line.id },
          detail,
        );
      }
    }
    this.#events?.frame(bytes.subarray(start, next), line);
  }

  oversized(size: number, head: Buffer, tail: Buffer): void {
    const detail = `a line of ${size} bytes, which is more than relay.max_server_frame`;
    this.#drop({ reason: 'too-large', detail, bytes: size, id: idOfRemnant(head, tail) }, detail);
  }

  #drop(dropped: DroppedLine, note: string): void {
    const { name, diagnostics } = this.#options;
    diagnostics.repeated(`upstream-noise:${name}`, `the server "${name}" wrote ${note}`);
    if (dropped.id !== undefined && isOwnId(dropped.id)) {
      const error = { code: ERROR_CODES.garbledAnswer, message: dropped.detail, data: undefined };
      this.#answer(dropped.id, { kind: 'error', ...error, transport: undefined });
    } else this.#events?.dropped(dropped);
  }

  #ownAnswer({ id, errorCode }: ServerAnswer, line: Buffer): void {
    // Late and invented ones find nobody who asked. What failed last is what this answer is about.
    const trouble = errorCode === undefined ? undefined : this.#lastTrouble;
    if (this.#asked.has(id)) this.#answer(id, readOwnAnswer(line, trouble));
  }

  #answer(id: RpcId, answer: OwnAnswer): void {
    const resolve = this.#asked.get(id);
    this.#asked.delete(id);
    resolve?.(answer);
  }

  #answersItself(id: RpcId, method: string): boolean {
    if (method === 'ping') this.send([resultFrame(id, {})]);
    else if (this.#options.shared || this.#events === null) {
      const text = `guard: ${printable(method, NOISE_CHARS_MAX)} cannot be answered on a connection that all clients share`;
      this.send([errorFrame(id, ERROR_CODES.methodNotFound, text)]);
    } else return false;
    // Only a server that asks and does not read: one that is busy writing has to be read from.
    if (this.waitingBytes > REPLY_BYTES_MAX) this.#holdReplies();
    return true;
  }

  async #check({ era }: ServerFacts): Promise<void> {
    const params = era === 'modern' ? { _meta: modernEnvelope(GUARD_INFO, {}) } : {};
    const answer = await this.ask(era === 'modern' ? 'server/discover' : 'ping', params, UPSTREAM_CHECK_MS);
    this.#checking = false;
    if (answer.kind === 'silent') this.#giveUp('gave no sign of life');
    if (answer.kind === 'error' && answer.transport !== undefined)
      this.#giveUp(`is lost: ${answer.transport.message}`);
  }

  /** Ends a connection that is no longer one, so that a new one is made. */
  #giveUp(description: string): void {
    this.#reason = description;
    void this.#options.upstream.close();
  }

  #holdReplies(): void {
    if (this.#pauses.has('replies')) return;
    this.#hold('replies');
    void this.#outlet.drained(TIMER_MS_MAX).then(() => this.#release('replies'));
  }

  #hold(why: 'listener' | 'replies'): void {
    this.#pauses.add(why);
    this.#options.upstream.output.pause();
  }

  #release(why: 'listener' | 'replies'): void {
    if (this.#pauses.delete(why) && this.#pauses.size === 0) this.#options.upstream.output.resume();
  }

  #end(description: string): string {
    this.#over = description;
    for (const id of this.#asked.keys()) this.#answer(id, { kind: 'gone', description });
    this.#events = null;
    return description;
  }
}

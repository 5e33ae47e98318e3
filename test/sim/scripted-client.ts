import type { ApprovalDoor } from '../support/approval-door.js';
import type { Random } from '../support/random.js';
import type { Wire } from '../support/spawned.js';
import type { Asked } from './book.js';

/** One request of the client, from its sending on. */
interface Sent {
  readonly message: Wire;
  forwards: number;
  answers: number;
  answersMost: number;
  cancelled: boolean;
  /** Whether the server has answered it. */
  served: boolean;
}

/** A client that calls, repeats itself, loses patience and mixes up ids; and the server behind guard. */
export class ScriptedClient {
  readonly #door: ApprovalDoor;
  readonly #random: Random;
  readonly #note: (what: string) => void;
  readonly #sent = new Map<number, Sent>();
  /** Dialogs of guard that are on the screen: the id of each, and of what it asks. */
  readonly #dialogs = new Map<unknown, string>();
  /** Calls that the server is told of and never got: guard has answered them itself. */
  readonly #told: number[] = [];
  #next = 1;
  #read = 0;

  constructor(door: ApprovalDoor, random: Random, note: (what: string) => void) {
    this.#door = door;
    this.#random = random;
    this.#note = note;
  }

  initialize(showsForms: boolean): void {
    const capabilities = showsForms ? { elicitation: {} } : {};
    this.#door.client({
      id: 'init',
      method: 'initialize',
      params: { capabilities, clientInfo: { name: 'sim' } },
    });
    this.#door.server({ id: 'init', result: { protocolVersion: '2025-11-25' } });
  }

  call(): void {
    this.#send(this.#anyCall());
  }

  /** Two identical calls in one read. */
  callTwice(): void {
    const call = this.#anyCall();
    const { params, method } = call;
    this.#send(call, { id: (this.#next += 1), method: method ?? '', params });
  }

  /** A call under an id that is in use, or comes in the same read; its argument gives the second one away. */
  reuseId(): void {
    const open = this.#open();
    const params = { name: 'write_file', arguments: { n: 99 } };
    if (open.length === 0 || this.#random.below(2) === 0) {
      const call = this.#anyCall();
      this.#note(`reuse-at-once ${call.id}`);
      this.#send(call, { id: call.id as number, method: 'tools/call', params });
      const sent = this.#sent.get(call.id as number);
      // Where the first one was answered at once, its id was free for the second.
      this.check(2);
      if (sent?.forwards === 0 && sent.answers > 0) sent.answersMost = 2;
    } else {
      const { id } = this.#random.pick(open).message;
      this.#note(`reuse ${id}`);
      this.#door.client({ id: id as number, method: 'tools/call', params });
    }
  }

  /** A call that is taken back in the read that brings it. */
  callAndCancel(): void {
    const call = this.#anyCall();
    this.#note(`cancel-at-once ${call.id}`);
    this.#sent.set(call.id as number, { message: call, ...FRESH });
    const params = { requestId: call.id, reason: 'the user said no' };
    this.#door.client(call, { method: 'notifications/cancelled', params });
    // Its own read may have let it pass or have answered it; from now on nothing may.
    this.check();
    const sent = this.#sent.get(call.id as number);
    if (sent !== undefined) sent.cancelled = true;
  }

  /** Takes a call back; returns its id. */
  cancel(byTimeout: boolean): number | undefined {
    const open = this.#open();
    if (open.length === 0) return undefined;
    const sent = this.#random.pick(open);
    const requestId = sent.message.id as number;
    this.#note(`${byTimeout ? 'time-out' : 'cancel'} ${requestId}`);
    sent.cancelled = true;
    const reason = byTimeout ? 'Request timed out' : 'the user said no';
    this.#door.client({ method: 'notifications/cancelled', params: { requestId, reason } });
    return requestId;
  }

  forwarded({ id, params }: Wire): void {
    const sent = this.#sent.get(id as number);
    if (sent === undefined) throw new Error(`forwarded and never sent: ${id}`);
    const isSecond = (params as { arguments: { n: number } }).arguments.n === 99;
    if (isSecond && sent.answersMost === 1) throw new Error('an id was used twice at once');
    if (sent.cancelled) throw new Error(`forwarded after it was cancelled: ${id}`);
    if (sent.answers >= sent.answersMost) throw new Error(`forwarded after it was answered: ${id}`);
    sent.forwards += 1;
    if (sent.forwards > 1) throw new Error(`forwarded twice: ${id}`);
  }

  /** The server is told of a cancellation: of no call that is held. */
  cancelForwarded({ params }: Wire): void {
    const { requestId } = params as { requestId: number };
    if (this.#sent.get(requestId)?.forwards !== 1) this.#told.push(requestId);
  }

  /** The server answers one of the calls that it got; now and then one that it did not get. */
  serverAnswers(): void {
    const all = [...this.#sent.values()];
    const owed = all.filter(({ forwards, served }) => forwards > 0 && !served);
    const held = all.filter(({ forwards, answers, cancelled }) => forwards + answers === 0 && !cancelled);
    const from = held.length > 0 && this.#random.below(3) === 0 ? held : owed;
    if (from.length === 0) return;
    const sent = this.#random.pick(from);
    if (sent.forwards > 0) sent.served = true;
    this.#note(`server-answers${sent.forwards === 0 ? '-held' : ''} ${sent.message.id}`);
    this.#door.server({ id: sent.message.id as number, result: { content: [] } });
    if (sent.forwards > 0) return;
    this.check();
    if (sent.answers > 0) throw new Error(`the server answered ${sent.message.id}, which it never got`);
  }

  list(version: number): void {
    const annotations = { readOnlyHint: false, destructiveHint: false };
    const names = ['write_file', 'write_note', 'gentle_tool', 'read_file'];
    const tools = names.map((name) => ({
      name,
      description: `version ${version}`,
      annotations,
      inputSchema: {},
    }));
    this.#door.client({ id: 'list', method: 'tools/list' });
    this.#door.server({ id: 'list', result: { tools } });
  }

  /** Its person does something with a dialog of guard. */
  answerDialog(askedFor: (approvalId: string) => Asked | undefined, isOpen: (asked: Asked) => boolean): void {
    const [first] = this.#dialogs;
    if (first === undefined) return;
    const [id, approvalId] = first;
    this.#dialogs.delete(id);
    const action = this.#random.pick(['accept', 'accept', 'accept', 'decline', 'cancel', 'garbage']);
    const asked = askedFor(approvalId);
    this.#note(`dialog-${action} ${approvalId}`);
    if (asked !== undefined && isOpen(asked) && action === 'accept') {
      asked.approval = { id: approvalId } as Asked['approval'];
    }
    const content = { decision: 'approve' };
    this.#door.client({ id: id as string, result: action === 'garbage' ? { content } : { action, content } });
  }

  /** Reads what came, and holds it to what may come. */
  check(most = 1): void {
    for (; this.#read < this.#door.toClient.length; this.#read += 1) {
      const { id, method, params, result } = this.#door.toClient[this.#read] as Wire;
      if (method === 'elicitation/create') {
        const text = (params as { message: string }).message;
        this.#dialogs.set(id, /apr_\d+/.exec(text)?.[0] ?? '');
      }
      if (method === 'notifications/cancelled') this.#dialogs.delete((params as Wire)['requestId']);
      const sent = typeof id === 'number' && method === undefined ? this.#sent.get(id) : undefined;
      if (sent === undefined) continue;
      sent.answers += 1;
      if (sent.answers > Math.max(most, sent.answersMost)) throw new Error(`answered twice: ${id}`);
      if (sent.cancelled && sent.forwards === 0) throw new Error(`answered after it was cancelled: ${id}`);
      if (result?.['resultType'] === 'input_required') this.#again(sent, result);
    }
    this.#checkTold();
  }

  #checkTold(): void {
    for (const id of this.#told.splice(0)) {
      if (this.#sent.get(id)?.answers !== 1) throw new Error(`the server is told of ${id}, which was held`);
    }
  }

  /** At the end each request was answered once, or was taken back. */
  checkEnd(): void {
    this.check();
    for (const { message, answers, cancelled } of this.#sent.values()) {
      if (answers === 0 && !cancelled) throw new Error(`never answered: ${message.id}`);
    }
  }

  /** A client of the modern era comes back with the state that it got. */
  #again({ message }: Sent, { requestState }: Wire): void {
    if (this.#random.below(5) === 0) return;
    this.#note(`round ${message.id}`);
    this.#send({
      id: (this.#next += 1),
      method: 'tools/call',
      params: { ...(message.params as Wire), requestState },
    });
  }

  #anyCall(): Wire {
    const name = this.#random.pick(['write_file', 'write_file', 'write_note', 'gentle_tool', 'read_file']);
    const modern = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    const _meta = this.#random.pick([{}, { progressToken: this.#next }, modern]);
    return {
      id: (this.#next += 1),
      method: 'tools/call',
      params: { name, arguments: { n: this.#random.below(3) }, _meta },
    };
  }

  #send(...calls: readonly Wire[]): void {
    for (const message of calls) {
      this.#note(`call ${message.id} ${JSON.stringify(message.params)}`);
      if (this.#sent.has(message.id as number)) continue;
      this.#sent.set(message.id as number, { message, ...FRESH });
    }
    this.#door.client(...calls);
  }

  #open(): Sent[] {
    return [...this.#sent.values()].filter(({ answers, cancelled }) => answers === 0 && !cancelled);
  }
}

const FRESH = { forwards: 0, answers: 0, answersMost: 1, cancelled: false, served: false };

import type { AuditRecord, DecisionRecord } from '../../src/audit/record.js';
import { eventually } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import type { Spawned } from '../support/spawned.js';
import { Puppet } from './puppet.js';
import { RULE, shown, type Transcript } from './transcript.js';

/** Members that every record carries and that tests of the log look at; here they would only be noise. */
const BASE = new Set(['v', 'ts', 'writer', 'seq', 'prev', 'upstream', 'session', 'agent']);
const BARRIER = 'barrier-';

/** Plays a transcript against the built program; returns it with the output that came. */
export async function play(transcript: Transcript, sandbox: Sandbox): Promise<string> {
  const puppet = new Puppet(sandbox);
  await puppet.listen();
  const options = ['--server', 'golden', ...transcript.options];
  const guard = sandbox.guard({ server: ['puppet', puppet.socketPath], options });
  const stage = new Stage(guard, puppet, sandbox);
  const lines: string[] = [];
  try {
    for (const line of transcript.script) {
      lines.push(line.text);
      if (line.kind === 'text') continue;
      if (line.kind === 'client') guard.send(line.bytes);
      else await puppet.send(line.bytes);
      lines.push(...(await stage.output()));
    }
    const end = await guard.finish();
    if (end.code !== 0) throw new Error(`guard ended with ${JSON.stringify(end)}: ${guard.stderr}`);
  } finally {
    puppet.close();
  }
  return [transcript.head, RULE, ...lines].join('\n');
}

/** Both ends of the wire and the log, read as they stand after each input. */
class Stage {
  readonly #guard: Spawned;
  readonly #puppet: Puppet;
  readonly #sandbox: Sandbox;
  readonly #names = new Map<string, string>();
  #writer = '';
  #barriers = 0;
  #clientSeen = 0;
  #serverSeen = 0;
  #recordsSeen = 0;

  constructor(guard: Spawned, puppet: Puppet, sandbox: Sandbox) {
    this.#guard = guard;
    this.#puppet = puppet;
    this.#sandbox = sandbox;
  }

  /**
   * Everything that the last input brought about. Two pings go through guard and back: after the
   * first one guard has seen what either side sent, after the second each side has what guard sent.
   */
  async output(): Promise<string[]> {
    await this.#barrier();
    await this.#barrier();
    const records = this.#sandbox.records();
    this.#writer = records[0]?.writer ?? '';
    const fresh = records.slice(this.#recordsSeen).filter((record) => this.#isShown(record));
    this.#recordsSeen = records.length;
    const toServer = this.#puppet.received.slice(this.#serverSeen).filter(isNoBarrier);
    this.#serverSeen = this.#puppet.received.length;
    const toClient = this.#guard.lines.slice(this.#clientSeen).filter(isNoBarrier);
    this.#clientSeen = this.#guard.lines.length;
    return [
      ...fresh.filter(isRuling).map(decisionLine),
      ...toServer.map((bytes) => `S> ${this.#named(shown(bytes))}`),
      ...toClient.map((bytes) => `C< ${this.#named(shown(bytes))}`),
      ...fresh.map((record) => `A= ${this.#named(recordText(record))}`),
    ];
  }

  async #barrier(): Promise<void> {
    const id = `${BARRIER}${(this.#barriers += 1)}`;
    this.#guard.say({ id, method: 'ping' });
    await eventually(`${id} at the server`, () => this.#puppet.received.some((bytes) => bytes.includes(id)));
    await this.#puppet.send(Buffer.from(`{"jsonrpc":"2.0","id":"${id}","result":{}}\n`));
    await eventually(`${id} at the client`, () => this.#guard.lines.some((bytes) => bytes.includes(`"${id}"`)));
  }

  #isShown(record: AuditRecord): boolean {
    if (record.type === 'session') return false;
    if (record.type === 'decision' && String(record.rpc_id).startsWith(BARRIER)) {
      this.#names.set(record.request_id, BARRIER);
    }
    return !('request_id' in record) || this.#names.get(record.request_id) !== BARRIER;
  }

  /** The ids that guard makes up, as R1, R2, … in the order in which they show. */
  #named(text: string): string {
    return text.replaceAll(new RegExp(`${this.#writer}-\\d+`, 'g'), (id) => {
      const known = [...this.#names.values()].filter((name) => name !== BARRIER).length;
      const name = this.#names.get(id) ?? `R${known + 1}`;
      this.#names.set(id, name);
      return name;
    });
  }
}

function isNoBarrier(bytes: Buffer): boolean {
  return !bytes.includes(`"${BARRIER}`);
}

function isRuling(record: AuditRecord): record is DecisionRecord {
  return record.type === 'decision' && record.decision !== 'relay';
}

/** What policy said, in words. */
function decisionLine({ decision, enforced, rule, layer, reason }: DecisionRecord): string {
  const what = enforced ? decision : `would ${decision}`;
  return `D= ${what} by "${rule}" (${layer}): ${reason}`;
}

function recordText(record: AuditRecord): string {
  const members = Object.entries(record).filter(([key]) => !BASE.has(key));
  return JSON.stringify(Object.fromEntries(members.map(([key, value]) => [key, key === 'latency_ms' ? '*' : value])));
}

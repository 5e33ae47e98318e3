import { vi } from 'vitest';
import { createRememberedAnswers } from '../../src/approvals/remember/remembered-answers.js';
import type { ApprovalDesk } from '../../src/approvals/desk.js';
import { type Clock, systemClock } from '../../src/platform/clock.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { ask, deny, layer, ports } from '../policy/support.js';
import { approvalDoor, type ApprovalDoor } from '../support/approval-door.js';
import { randomFrom, type Random } from '../support/random.js';
import type { Wire } from '../support/spawned.js';
import { Approvers, BAD_ANSWERS, NO_SIGNERS, SIGNERS } from './approvers.js';
import { type Asked, Book } from './book.js';
import { ScriptedClient } from './scripted-client.js';

/** What the seeds met together, so that a test can say that they met everything. */
export type Tally = Map<string, number>;

export interface SimulationOptions {
  readonly seed: number;
  readonly tally: Tally;
  /** Breaks the desk, to see that it is noticed. */
  readonly sabotage?: (desk: ApprovalDesk) => void;
}

const STEPS = 60;
const RETRY_MS = 30_000;

/** Asks about `write…` for a minute and about `gentle…` for 20 s, after which it passes; in two versions, and a third that denies. */
const ASKS = {
  approval: { timeout: '60s', remember: 'session', escalation_after: '30s', delegates: ['two'] },
} as const;
const GENTLE = { approval: { timeout: '20s', default_on_timeout: 'allow', remember: 'session' } } as const;
const SETTINGS = { policy: { unlisted_tools: 'allow', on_tool_drift: 'log', hide_denied: false } } as const;
const asking = (): LayerSource[] => [
  layer(
    [
      { ...ask({ tool: 'write*' }), approval: { ...ASKS.approval, channels: ['one', 'client'] } },
      { ...ask({ tool: 'gentle*' }, 'gentle'), ...GENTLE },
    ],
    SETTINGS,
  ),
];
const denying = (): LayerSource[] => [layer([deny({ tool: '*' })], SETTINGS)];

/** One seeded run of a whole guard in memory: throws an Error at the first promise that is broken. */
export class Simulation {
  readonly #random: Random;
  readonly #options: SimulationOptions;
  readonly #signed: boolean;
  readonly #inClient: boolean;
  readonly #log: string[] = [];
  #policy = 1;
  #denies = false;
  #definition = 0;
  #ids = 0;
  /** How far the wall clock is off. */
  #jumpedMs = 0;
  #approvers: Approvers;
  #world: World;
  #over = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = randomFrom(options.seed);
    this.#signed = this.#random.below(3) === 0;
    this.#inClient = !this.#signed && this.#random.below(2) === 0;
    this.#world = this.#begin();
    this.#approvers = new Approvers(this.#world.book, this.#signed, this.#random);
  }

  /** Plays the whole schedule. Fake timers must be in use. */
  run(): void {
    try {
      for (let step = 0; step < STEPS && !this.#over; step += 1) this.#step();
      this.#end();
    } catch (error) {
      const steps = this.#log.slice(-15).join('\n  ');
      throw new Error(`SEED=${this.#options.seed}: ${(error as Error).message}\n  ${steps}`, {
        cause: error,
      });
    }
  }

  #begin(): World {
    const random = this.#random;
    [this.#denies, this.#definition] = [false, 0];
    const book = new Book(() => ({ policy: this.#policy, definition: this.#definition }));
    const [one, two] = [book.channel('one'), book.channel('two')];
    const clock: Clock = { ...systemClock(), wallMs: () => Date.now() + this.#jumpedMs };
    const door = approvalDoor(asking(), {
      clock,
      channels: [one.channel, two.channel],
      inClient: this.#inClient,
      desk: {
        retryWindowMs: RETRY_MS,
        signatures: this.#signed ? SIGNERS : NO_SIGNERS,
        newId: () => `apr_${String((this.#ids += 1)).padStart(20, '0')}`,
        remembered: createRememberedAnswers({
          saved: () => [],
          project: '/srv/project',
          ports,
          clock,
          newId: () => `rem_${(this.#ids += 1)}`,
        }),
      },
      onForward: (message) => this.#forwarded(world, message),
    });
    this.#options.sabotage?.(door.desk);
    const client = new ScriptedClient(door, random, (what) => this.#note(what));
    const world: World = { door, book, client, channels: [one.memory, two.memory], gone: false };
    client.initialize(this.#inClient);
    return world;
  }

  #note(what: string): void {
    this.#log.push(`${Math.round(performance.now())} ${what}`);
    const kind = what.split(' ', 1).join('');
    this.#options.tally.set(kind, (this.#options.tally.get(kind) ?? 0) + 1);
  }

  /** Everything that reaches the server passes here, at the moment at which it does. */
  #forwarded({ door, book, client, gone }: World, message: Wire): void {
    if (gone) throw new Error(`forwarded after its guard was gone: ${JSON.stringify(message)}`);
    if (message.method === 'notifications/cancelled') return client.cancelForwarded(message);
    if (message.method !== 'tools/call') return;
    client.forwarded(message);
    const record = door.decisions.findLast(({ rpc_id: id }) => id === message.id);
    if (record?.decision !== 'allow')
      throw new Error(`forwarded without a record: ${JSON.stringify(message)}`);
    const { name } = message.params as { name: string };
    if (this.#denies) throw new Error(`forwarded against the policy: ${JSON.stringify(message)}`);
    if (name.startsWith('read')) return;
    const silencePasses = name.startsWith('gentle') && !this.#signed;
    const fault = book.fault(message, record, silencePasses);
    if (fault !== undefined) throw new Error(`forwarded: ${JSON.stringify(message)}: ${fault}`);
    const { state } = record.approval as { state: string };
    this.#note(`forwarded-${state} ${message.id}`);
  }

  #step(): void {
    const random = this.#random;
    const { door, client, book, channels } = this.#world;
    const chance = random.below(100);
    if (chance < 26) client.call();
    else if (chance < 30) client.callTwice();
    else if (chance < 32) client.reuseId();
    else if (chance < 33) client.callAndCancel();
    else if (chance < 37) this.#cancel(random.below(2) === 0);
    else if (chance < 58) this.#answer(random.below(3) > 0);
    else if (chance < 62) this.#twoAnswers();
    else if (chance < 78) this.#pass(random.pick([1, 500, 5000, 20_000, 30_000, 45_000, 60_000]));
    else if (chance < 81) this.#toDeadline();
    else if (chance < 85) this.#reload();
    else if (chance < 87) this.#list(random.below(3) === 0);
    else if (chance < 90) client.serverAnswers();
    else if (chance < 92) this.#jump(random.pick([-3_600_000, 3_600_000]));
    else if (chance < 94) {
      const channel = random.pick(channels);
      channel.broken = !channel.broken;
      this.#note(`broken ${channel.name} ${channel.broken}`);
    } else if (chance < 95) {
      door.recorded = !door.recorded;
      this.#note(`log ${door.recorded}`);
    } else if (chance === 95) this.#crash();
    else if (chance === 96) this.#over = random.below(3) === 0;
    else
      client.answerDialog(
        (id) => book.asked.get(id),
        (asked) => book.isOpen(asked),
      );
    this.#world.client.check();
  }

  #open(): Asked[] {
    return [...this.#world.book.asked.values()].filter(({ end }) => end === undefined);
  }

  #answer(good: boolean): void {
    const [open, all] = [this.#open(), [...this.#world.book.asked.values()]];
    // Now and then somebody answers what is over.
    const from = open.length > 0 && this.#random.below(6) > 0 ? open : all;
    if (from.length === 0) return;
    const kind = good ? 'good' : this.#random.pick(BAD_ANSWERS);
    const asked = this.#random.pick(from);
    this.#note(`answer-${kind} ${asked.request.id}`);
    this.#checked(this.#approvers.answer(this.#random.pick(this.#world.channels), asked, kind));
  }

  #twoAnswers(): void {
    const open = this.#open();
    if (open.length === 0) return;
    const asked = this.#random.pick(open);
    this.#note(`two-answers ${asked.request.id}`);
    for (const channel of this.#world.channels) this.#checked(this.#approvers.answer(channel, asked, 'good'));
  }

  #checked(fault: string | undefined): void {
    if (fault !== undefined) throw new Error(fault);
  }

  #cancel(byTimeout: boolean): void {
    const { client, door, book } = this.#world;
    const id = client.cancel(byTimeout);
    const record = door.decisions.findLast(({ rpc_id: rpcId }) => rpcId === id);
    const approval = record?.approval as { id: string } | null | undefined;
    const asked = approval === null || approval === undefined ? undefined : book.asked.get(approval.id);
    if (id !== undefined && !byTimeout && record?.decision === 'require_approval' && asked !== undefined)
      asked.off = true;
  }

  #pass(ms: number): void {
    this.#note(`pass ${ms}`);
    vi.advanceTimersByTime(ms);
  }

  #toDeadline(): void {
    const [next] = this.#open();
    if (next === undefined) return;
    const leftMs = next.openedMs + next.request.timeout_ms - performance.now();
    this.#pass(Math.max(0, Math.ceil(leftMs) - this.#random.below(2)));
  }

  #jump(ms: number): void {
    this.#note(`jump ${ms}`);
    this.#jumpedMs += ms;
  }

  #reload(): void {
    this.#policy += 1;
    this.#denies = this.#random.below(4) === 0;
    this.#note(`reload ${this.#policy} ${this.#denies ? 'denies' : 'asks'}`);
    this.#world.door.reload(this.#denies ? denying() : asking());
  }

  #list(drifts: boolean): void {
    if (drifts || this.#definition === 0) this.#definition += 1;
    this.#note(`list ${this.#definition}`);
    this.#world.client.list(this.#definition);
  }

  /** Everything is dropped: another guard starts, and whoever kept answers gives them to it. */
  #crash(): void {
    this.#note('crash');
    const { kept } = this.#approvers;
    this.#world.gone = true;
    vi.clearAllTimers();
    this.#world = this.#begin();
    this.#approvers = new Approvers(this.#world.book, this.#signed, this.#random);
    this.#approvers.kept.push(...kept);
  }

  /** The client leaves: each request was answered once or taken back, and no answer does anything any more. */
  #end(): void {
    const world = this.#world;
    const { door, client, book } = world;
    this.#note('end');
    const open = this.#open();
    door.lane.stopHolding('the client left');
    door.serverLane.abandon('the server exited');
    world.gone = true;
    client.checkEnd();
    for (const asked of open)
      this.#checked(this.#approvers.answer(this.#random.pick(world.channels), asked, 'good'));
    vi.advanceTimersByTime(600_000);
    door.desk.close('guard is ending');
    if (vi.getTimerCount() > 0) throw new Error(`${vi.getTimerCount()} timers are left`);
    const unclosed = [...book.asked.values()].filter(({ end }) => end === undefined);
    if (unclosed.length > 0)
      throw new Error(`never closed: ${unclosed.map(({ request }) => request.id).join(' ')}`);
    client.checkEnd();
  }
}

interface World {
  readonly door: ApprovalDoor;
  readonly book: Book;
  readonly client: ScriptedClient;
  readonly channels: readonly [ReturnType<Book['channel']>['memory'], ReturnType<Book['channel']>['memory']];
  gone: boolean;
}

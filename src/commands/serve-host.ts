import { createApproverSet } from '../approvals/signing/approver-set.js';
import type { LoadedConfig, LoadOptions } from '../config/load.js';
import { Conversation } from '../conversation/conversation.js';
import type { CallerFacts } from '../gateway/core/caller.js';
import type { Hub } from '../gateway/core/hub.js';
import type { OpenedConversation } from '../gateway/core/leg.js';
import type { GatewayMetrics } from '../gateway/operate/gateway-metrics.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { composePipeline } from '../pipeline/compose.js';
import type { CommandInput, Tools } from './command.js';
import { policyInForce, type PolicyInForce } from './policy-in-force.js';
import { partiesOf } from './serve-parties.js';
import { metered } from './serve-metered.js';
import type { SecretsInForce } from './secrets-in-force.js';
import { ServeApprovals } from './serve-approvals.js';
import { ServeRefusals } from './serve-refusals.js';
import { ServeSwitches } from './serve-switches.js';
import { ServeTrails } from './serve-trails.js';
import type { OpenTracing } from './open-tracing.js';
import { sessionTracing } from './session-tracing.js';
import { SessionLimits } from './session-limits.js';
import { SessionStatus } from './session-status.js';
import type { WrapTarget } from './wrap-target.js';

export interface HostInput {
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly options: LoadOptions;
  readonly config: LoadedConfig;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  readonly metrics: GatewayMetrics;
  /** Gets ready what a config names beside its policy, before it comes into force. */
  readonly onConfig: (config: LoadedConfig) => void;
}

/** Policy, limits, approvals, switches and records of one gateway: what its conversations share. */
export class ServeHost {
  readonly trails: ServeTrails;
  readonly refusals: ServeRefusals;
  readonly policy: PolicyInForce;
  readonly #input: HostInput;
  readonly #limits: SessionLimits;
  readonly #tracing: OpenTracing | undefined;
  readonly #status: SessionStatus;
  readonly #switches: ServeSwitches;
  readonly #approvals: ServeApprovals;
  #config: LoadedConfig;
  #conversations = 0;

  private constructor(host: HostInput, limits: SessionLimits, tracing: OpenTracing | undefined) {
    this.#tracing = tracing;
    const { input, tools, config, diagnostics, secrets, options } = host;
    this.#input = host;
    this.#config = config;
    this.#limits = limits;
    // Who may answer is settled at the start: a reload does not change it.
    const approvers = createApproverSet(config.settings.approval.approvers);
    this.trails = new ServeTrails({
      input,
      tools,
      config,
      diagnostics,
      secrets,
      approvers: approvers.fingerprint,
    });
    this.refusals = new ServeRefusals({
      trail: this.trails.front,
      note: (text) => diagnostics.note(text),
      monotonicMs: () => tools.clock.monotonicMs(),
    });
    this.#approvals = new ServeApprovals({
      tools,
      config,
      diagnostics,
      secrets,
      approvers,
      trail: this.trails.front,
    });
    this.#status = new SessionStatus(
      tools,
      this.#target('gateway', undefined, undefined),
      diagnostics,
      config,
      secrets,
    );
    this.policy = policyInForce({
      options,
      first: config,
      diagnostics,
      prepare: (next) => this.#prepare(next),
      record: (event, detail) => {
        this.trails.front.event({ event, detail });
        this.trails.front.commit();
        host.metrics.reloaded(event === 'policy-reloaded');
      },
    });
    this.#switches = new ServeSwitches({
      tools,
      trails: this.trails,
      diagnostics,
      onStop: (server) => this.#approvals.recall(server, 'the kill switch is on'),
    });
    this.#status.follow({ config: this.policy.config, pending: () => this.pending });
  }

  /** Gets ready what the first policy needs. */
  static async create(host: HostInput): Promise<ServeHost> {
    const limits = new SessionLimits(host.tools, host.diagnostics);
    await limits.prepare(host.config);
    const { config, diagnostics, secrets } = host;
    const { clock } = host.tools;
    return new ServeHost(
      host,
      limits,
      await sessionTracing({ config, clock, diagnostics, secrets, transport: 'tcp' }),
    );
  }

  /** Calls that wait for a person now. */
  get pending(): number {
    return this.#approvals.pending;
  }

  /** A conversation of a caller with one server, governed like one at the stdio door. */
  openConversation(hub: Hub, caller: CallerFacts): OpenedConversation {
    const { tools, diagnostics, metrics } = this.#input;
    const { settings } = this.#config;
    const { agent } = caller.principal;
    this.#conversations += 1;
    const writer = `${this.trails.writer}.${this.#conversations}`;
    const target = this.#target(hub.name, agent, caller.session, writer);
    const recorded = this.trails.open({
      upstream: hub.name,
      session: caller.session,
      agent,
      logsArguments: hub.upstream.definition.auditLogArguments,
    });
    const traced = this.#tracing?.traced(recorded, target.parties) ?? recorded;
    const trail = this.#status.counted(metered(traced, hub.name, metrics));
    const approvals = this.#approvals.open(target, trail, this.#config);
    const conversation = new Conversation({
      parties: partiesOf(hub.name, caller),
      trail,
      pipeline: composePipeline({
        killSwitch: this.#switches.of(hub.name).current,
        policyInForce: this.policy.current,
        trail,
        mask: this.#input.secrets.mask,
        approvals: approvals.gate(this.policy.digest),
        limits: this.#limits.gate(this.policy),
      }),
      approvals,
      settleCharge: this.#limits.settleCharge,
      policyInForce: this.policy.current,
      clock: tools.clock,
      diagnostics,
      denialStyle: settings.denials,
      auditRequired: settings.audit.onError === 'deny',
      writer,
      catalog: hub.catalog,
      onToolList: (catalog) => this.#status.listed(hub.name, catalog),
    });
    return {
      conversation,
      close: (why) => {
        this.#approvals.leave(approvals, why);
        trail.close();
      },
    };
  }

  async close(): Promise<void> {
    this.policy.close();
    this.#switches.close();
    this.#status.close();
    await this.#approvals.close('guard is ending');
    this.#limits.close();
    this.refusals.settle(true);
    await this.trails.close();
    await this.#tracing?.close();
  }

  async #prepare(next: LoadedConfig): Promise<void> {
    this.#input.secrets.learn(next);
    await this.#limits.prepare(next);
    await this.#approvals.prepare(next);
    this.#config = next;
    this.#input.onConfig(next);
  }

  #target(
    server: string,
    agent: string | undefined,
    session: string | undefined,
    writer = this.trails.writer,
  ): WrapTarget {
    return { server: { words: ['guard', 'serve'] }, parties: { server, agent, session }, writer };
  }
}

import type { AuditTrail } from '../audit/trail.js';
import type { ConfigDraft } from '../config/draft-config.js';
import { finishConfig, type LoadedConfig } from '../config/load.js';
import { createApproverSet } from '../approvals/signing/approver-set.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { withoutOptimizer } from '../platform/optimizer.js';
import { composePipeline } from '../pipeline/compose.js';
import { Conversation } from '../conversation/conversation.js';
import { runDoor } from '../relay/door.js';
import type { Upstream } from '../upstream/upstream.js';
import type { CommandInput, Tools } from './command.js';
import { policyInForce } from './policy-in-force.js';
import { SecretsInForce } from './secrets-in-force.js';
import { SessionLimits } from './session-limits.js';
import { SessionApprovals } from './session-approvals.js';
import { SessionStatus } from './session-status.js';
import { SessionSwitch } from './session-switch.js';
import type { ShownText } from './shown-text.js';
import { openTracedTrail } from './session-tracing.js';
import type { WrapTarget } from './wrap-target.js';

/** What is there when the server has been started. */
export interface SessionStart {
  readonly draft: ConfigDraft;
  readonly upstream: Upstream;
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly target: WrapTarget;
  readonly diagnostics: Diagnostics;
  /** What notes pass; from here on it hides what must not be shown. */
  readonly shown: ShownText;
}

/** Puts the policy into force and relays until either side ends; resolves with the server's exit code. */
export async function runSession(start: SessionStart): Promise<number> {
  const { draft, upstream, tools, target, diagnostics } = start;
  const secrets = SecretsInForce.hiddenFrom(start.shown, tools.env);
  const config = await orEnd(upstream, () => withoutOptimizer(() => finishConfig(draft)));
  begin(config, secrets, diagnostics);
  // Who may answer is settled at the start: a reload does not change it.
  const approvers = createApproverSet(config.settings.approval.approvers);
  const status = new SessionStatus(tools, target, diagnostics, config, secrets);
  const traced = await openTracedTrail({ ...start, config, secrets, approvers: approvers.fingerprint });
  const trail = status.counted(traced.trail);
  const approvals = new SessionApprovals({ ...start, config, trail, secrets, approvers });
  const limits = new SessionLimits(tools, diagnostics);
  const killSwitch = new SessionSwitch({
    tools,
    server: target.parties.server,
    trail,
    diagnostics,
    onStop: () => approvals.recall('the kill switch is on'),
  });
  const prepare = preparation(secrets, approvals, limits);
  await orEnd(upstream, () => prepare(config));
  killSwitch.start();
  const policy = policyInForce({
    options: draft.options,
    first: config,
    diagnostics,
    prepare,
    record: (event, detail) => recordNow(trail, event, detail),
  });
  status.follow({ config: policy.config, pending: () => approvals.pending });
  const { settings } = config;
  try {
    const end = await runDoor({
      conversation: new Conversation({
        parties: target.parties,
        trail,
        pipeline: composePipeline({
          killSwitch: killSwitch.current,
          policyInForce: policy.current,
          trail,
          mask: secrets.mask,
          approvals: approvals.gate(policy.digest),
          limits: limits.gate(policy),
        }),
        approvals,
        settleCharge: limits.settleCharge,
        policyInForce: policy.current,
        clock: tools.clock,
        diagnostics,
        denialStyle: settings.denials,
        auditRequired: settings.audit.onError === 'deny',
        writer: target.writer,
        onToolList: (catalog) => status.listed(target.parties.server, catalog),
      }),
      upstream,
      stdin: tools.stdin,
      stdout: tools.stdout,
      signal: tools.signal,
      ...settings.relay,
    });
    noteSuppressed(diagnostics);
    return end.exitCode;
  } finally {
    for (const part of [policy, killSwitch, status]) part.close();
    await approvals.end('guard is ending');
    limits.close();
    trail.close();
    await traced.close();
  }
}

/** Nothing is said before it is known what must not be. */
function begin(config: LoadedConfig, secrets: SecretsInForce, diagnostics: Diagnostics): void {
  secrets.learn(config);
  for (const note of config.notes) diagnostics.note(note);
}

/** What a config needs before it comes into force. */
function preparation(secrets: SecretsInForce, approvals: SessionApprovals, limits: SessionLimits) {
  return async (next: LoadedConfig): Promise<void> => {
    secrets.learn(next);
    await approvals.prepare(next);
    await limits.prepare(next);
  };
}

function recordNow(trail: AuditTrail, event: string, detail: string): void {
  trail.event({ event, detail });
  trail.commit();
}

/** A server behind a policy that cannot be used is ended before it has read anything. */
async function orEnd<Result>(upstream: Upstream, prepare: () => Promise<Result>): Promise<Result> {
  try {
    return await prepare();
  } catch (error) {
    await upstream.close();
    throw error;
  }
}

function noteSuppressed(diagnostics: Diagnostics): void {
  for (const [kind, count] of diagnostics.suppressed())
    diagnostics.note(`${count} more notes of the kind ${kind}`);
}

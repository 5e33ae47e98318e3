import type { ConfigDraft } from '../config/draft-config.js';
import { finishConfig, type LoadedConfig, type LoadOptions } from '../config/load.js';
import { ConfigInvalidError, mistakeText } from '../config/mistakes.js';
import { watchConfig } from '../config/watch.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';
import { withoutOptimizer } from '../platform/optimizer.js';
import type { ApprovalGate } from '../pipeline/approval-layer.js';
import { composePipeline } from '../pipeline/compose.js';
import { Conversation } from '../relay/conversation.js';
import { runDoor } from '../relay/door.js';
import type { Upstream } from '../relay/upstream.js';
import type { CommandInput, Tools } from './command.js';
import { approversOf, openApprovals } from './wrap-approvals.js';
import type { WrapTarget } from './wrap-target.js';
import { openTrail } from './wrap-trail.js';

/** What is there when the server has been started. */
export interface SessionStart {
  readonly draft: ConfigDraft;
  readonly upstream: Upstream;
  readonly input: CommandInput;
  readonly tools: Tools;
  readonly target: WrapTarget;
  readonly diagnostics: Diagnostics;
}

/** Puts the policy into force and relays until either side ends; resolves with the server's exit code. */
export async function runSession(start: SessionStart): Promise<number> {
  const { draft, upstream, input, tools, target, diagnostics } = start;
  const config = await finishOrEnd(draft, upstream);
  for (const note of config.notes) diagnostics.note(note);
  const approvers = approversOf(config);
  const trail = openTrail({ input, tools, config, target, diagnostics, approvers: approvers.fingerprint });
  const policy = policyInForce(draft.options, config, diagnostics, (event, detail) => {
    trail.event({ event, detail });
    trail.commit();
  });
  const { settings } = config;
  const approval = openApprovals({ tools, config, target, trail, diagnostics, approvers });
  const gate: ApprovalGate = {
    defaults: settings.approval.defaults,
    policyDigest: policy.digest,
    consult: (call, approvalId) => approval.desk.consult(call, approvalId),
  };
  try {
    const end = await runDoor({
      conversation: new Conversation({
        parties: target.parties,
        trail,
        pipeline: composePipeline({ policyInForce: policy.current, trail, approvals: gate }),
        approval,
        policyInForce: policy.current,
        clock: tools.clock,
        diagnostics,
        denialStyle: settings.denials,
        auditRequired: settings.audit.onError === 'deny',
        writer: target.writer,
      }),
      upstream,
      stdin: tools.stdin,
      stdout: tools.stdout,
      signal: tools.signal,
      clientFrameBytesMax: settings.relay.clientFrameBytesMax,
      serverFrameBytesMax: settings.relay.serverFrameBytesMax,
      requestTimeoutMs: settings.relay.requestTimeoutMs,
    });
    noteSuppressed(diagnostics);
    return end.exitCode;
  } finally {
    policy.close();
    approval.desk.close('guard is ending');
    trail.close();
  }
}

/** A server behind a policy that cannot be used is ended before it has read anything. */
async function finishOrEnd(draft: ConfigDraft, upstream: Upstream): Promise<LoadedConfig> {
  try {
    return await withoutOptimizer(() => finishConfig(draft));
  } catch (error) {
    await upstream.close();
    throw error;
  }
}

interface PolicyInForce {
  current(): LoadedConfig['policy'];
  /** Changes with every change of a file that the policy is made of. */
  digest(): string;
  close(): void;
}

function policyDigest({ mode, layers }: LoadedConfig): string {
  return [mode, ...layers.map(({ layer, digest }) => `${layer} ${digest}`)].join(' ');
}

/** The policy as its files state it now. SIGHUP reads them again, and so does any change of theirs. */
function policyInForce(
  options: LoadOptions,
  first: LoadedConfig,
  diagnostics: Diagnostics,
  record: (event: string, detail: string) => void,
): PolicyInForce {
  let { policy } = first;
  let digest = policyDigest(first);
  const watcher = watchConfig(options, first, {
    onConfig(config) {
      policy = config.policy;
      digest = policyDigest(config);
      const summary = config.layers.map(({ layer, rules }) => `${layer}: ${rules} rules`).join(', ');
      diagnostics.note(`policy reloaded (${summary})`);
      record('policy-reloaded', config.layers.map(({ layer, digest }) => `${layer} ${digest}`).join(', '));
    },
    onError(error) {
      diagnostics.note('the changed config is not used, the last good one stays in force:');
      const lines = error instanceof ConfigInvalidError ? error.mistakes.map(mistakeText) : [error.message];
      for (const line of lines) diagnostics.note(line);
      record('policy-reload-refused', messageOf(error));
    },
  });
  const reload = (): void => void watcher.reload();
  process.on('SIGHUP', reload);
  return {
    current: () => policy,
    digest: () => digest,
    close() {
      process.off('SIGHUP', reload);
      watcher.close();
    },
  };
}

function noteSuppressed(diagnostics: Diagnostics): void {
  for (const [kind, count] of diagnostics.suppressed())
    diagnostics.note(`${count} more notes of the kind ${kind}`);
}

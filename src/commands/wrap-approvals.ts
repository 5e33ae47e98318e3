import { randomBytes } from 'node:crypto';
import { createBusChannel } from '../approvals/bus/bus-channel.js';
import { currentOwner, type ProcessOwner } from '../platform/process-owner.js';
import type { ApprovalChannel } from '../approvals/channel.js';
import type { DeskOptions } from '../approvals/desk-options.js';
import { ApprovalDesk } from '../approvals/desk.js';
import { createRememberedAnswers } from '../approvals/remember/remembered-answers.js';
import { createRememberedId } from '../approvals/remember/remembered-id.js';
import { createRememberedReader } from '../approvals/remember/remembered-file.js';
import type { ApproverSet } from '../approvals/signing/approver-set.js';
import { maskedValue } from '../audit/redaction/mask.js';
import { systemSchedule } from '../platform/schedule.js';
import type { AuditTrail } from '../audit/trail.js';
import type { ApprovalSettings } from '../config/approval-settings.js';
import type { LoadedConfig } from '../config/load.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { guardPaths } from '../platform/paths.js';
import { randomId } from '../platform/random-id.js';
import { type StateFiles, stateFiles } from '../platform/state-files.js';
import { ClientChannel } from '../conversation/client-channel.js';
import type { ApprovalParts } from '../conversation/approval-parts.js';
import { RequestStates } from '../conversation/request-state.js';
import type { Tools } from './command.js';
import { OutsideChannels } from './outside-channels.js';
import type { SecretsInForce } from './secrets-in-force.js';
import type { WrapTarget } from './wrap-target.js';

export interface ApprovalsInput {
  readonly tools: Tools;
  readonly config: LoadedConfig;
  readonly target: WrapTarget;
  readonly trail: AuditTrail;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretsInForce;
  /** The approvers as they stood at the start: a reload does not change who may answer. */
  readonly approvers: ApproverSet;
  /** Channels of the whole process, which outlive this desk; undefined where the desk has its own. */
  readonly outside?: OutsideChannels;
}

/** What is opened for one session. */
export interface OpenedApprovals extends ApprovalParts {
  /** Its own channels to the outside, to be ended after the desk; undefined where the process has them. */
  readonly outside: OutsideChannels | undefined;
}

type Journal = DeskOptions['journal'];

/** Everything that calls need to wait for a person. Nothing is written or watched before one waits. */
export function openApprovals(input: ApprovalsInput): OpenedApprovals {
  const { tools, config, target, trail, diagnostics, secrets, approvers } = input;
  const { approval } = config.settings;
  const { clock } = tools;
  const channel = hasKind(approval, 'client')
    ? new ClientChannel({ clock, idPrefix: randomId('guard-', 16) })
    : undefined;
  const files = stateFiles(guardPaths(tools.env));
  const owner = currentOwner();
  const saved = createRememberedReader(files.remembered, { approvers });
  const journal: Journal = (event, detail) => {
    trail.event({ event, detail });
    // Never at once: a commit that fails in the middle of a read would take along the records of its calls.
    trail.commitSoon();
  };
  const own =
    input.outside === undefined ? new OutsideChannels({ tools, approval, diagnostics, trail }) : undefined;
  const outside = (input.outside ?? own)?.forDesk() ?? [];
  const desk = new ApprovalDesk({
    channels: [...channelsOf(input, channel, { files, owner, journal }), ...outside],
    holder: {
      writer: target.writer,
      owner,
      project: tools.cwd,
      approvers: approvers.fingerprint,
      redact: secrets.redaction(config),
      hide: (request) => maskedValue(request, secrets.mask),
    },
    signatures: {
      required: approvers.required,
      verify: (name, text, signature) => approvers.verify(name, text, signature),
      unsignedChannels: new Set(
        approval.channels.flatMap(({ name, countsUnsigned }) => (countsUnsigned ? [name] : [])),
      ),
    },
    remembered: createRememberedAnswers({
      saved: () => {
        const entries = saved.entries();
        const trouble = saved.trouble();
        if (trouble !== null) diagnostics.repeated('remembered', trouble);
        return entries;
      },
      project: tools.cwd,
      ports: config.policy.ports,
      clock,
      newId: createRememberedId,
    }),
    retryWindowMs: approval.retryWindowMs,
    clock,
    schedule: systemSchedule,
    newId: () => randomId('apr_', 20),
    journal,
  });
  return {
    outside: own,
    desk,
    channel,
    states: new RequestStates(randomBytes(32)),
    waitingTimes: approval.waitingTimes,
  };
}

function channelsOf(
  { tools, config, diagnostics, approvers }: ApprovalsInput,
  client: ClientChannel | undefined,
  bus: { readonly files: StateFiles; readonly owner: ProcessOwner; readonly journal: Journal },
): ApprovalChannel[] {
  const { approval } = config.settings;
  const channels: ApprovalChannel[] = [];
  // A client cannot sign, so where signatures count it is not asked.
  if (client !== undefined && !approvers.required) channels.push(client);
  for (const { name, kind } of approval.channels) {
    if (kind !== 'terminal' && kind !== 'dashboard') continue;
    channels.push(
      createBusChannel({
        // Each has a folder of its own, so that an answer is known by where it lies.
        folder: kind === 'dashboard' ? bus.files.dashboardApprovals : bus.files.approvals,
        kind,
        clock: tools.clock,
        diagnostics,
        owner: bus.owner,
        name,
        // Of what the desk has judged, it says so itself.
        onRefused: (id, why) => bus.journal('approval-answer-refused', { id, channel: name, why }),
      }),
    );
  }
  return channels;
}

function hasKind(approval: ApprovalSettings, kind: string): boolean {
  return approval.channels.some((channel) => channel.kind === kind);
}

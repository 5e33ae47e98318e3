import { APPROVALS_SESSION_MAX } from '../../platform/bounds.js';
import type { Clock } from '../../platform/clock.js';
import type { PolicyPorts } from '../../policy/ports.js';
import type { ApprovalNote } from '../asked-call.js';
import type { RememberedAnswers } from '../desk-options.js';
import type { RememberedEntry } from './entry.js';
import { coversCall } from './match-remembered.js';
import { entryOf } from './proposal.js';

export interface RememberedAnswersOptions {
  /** The entries of the file as it stands now. */
  readonly saved: () => readonly RememberedEntry[];
  /** Absolute folder in which guard was started. */
  readonly project: string;
  readonly ports: PolicyPorts;
  readonly clock: Clock;
  /** A new entry id, made at random. */
  readonly newId: () => string;
}

/** The answers that stand for later calls: those of this session, kept in memory, and those of the file. */
export function createRememberedAnswers(options: RememberedAnswersOptions): RememberedAnswers {
  const { saved, project, ports, clock, newId } = options;
  const session: RememberedEntry[] = [];
  return {
    covering(call) {
      const rules = call.terms.rules.map(({ layer, name }) => `${layer}/${name}`);
      // What the rule says now counts, not what it said when the answer was given.
      const widest = call.terms.remember;
      if (widest === null) return undefined;
      const context = { nowMs: clock.wallMs(), ports };
      const entries = widest === 'session' ? session : [...session, ...saved()];
      const entry = entries.find(
        (one) =>
          !(one.scope === 'user' && widest === 'project') &&
          coversCall(one, { ...call, rules, project }, context),
      );
      return entry === undefined ? undefined : noteOf(entry);
    },
    keep(request, answer) {
      if (session.length >= APPROVALS_SESSION_MAX) session.shift();
      session.push(entryOf(request, answer, newId()));
    },
  };
}

function noteOf(entry: RememberedEntry): ApprovalNote {
  return {
    id: entry.approval_id,
    state: 'remembered',
    approver: entry.approver,
    channel: entry.channel,
    presence: 'remembered',
    reason: null,
    waited_ms: 0,
    escalated_at: null,
    remembered: entry.id,
  };
}

import { approverMistakes } from './approver-combinations.js';
import { approvalMistakes } from './approval-combinations.js';
import { identityMistakes } from './identity-combinations.js';
import type { ValueMistake } from './issues.js';
import type { ConfigSource } from './schema.js';
import { upstreamsMistakes } from './upstream-mistakes.js';

/** Mistakes among the keys of the HTTP door and of approvals that are right each on its own. */
export function serveMistakes(config: ConfigSource): ValueMistake[] {
  return [
    ...upstreamsMistakes(config),
    ...approvalMistakes(config.approval),
    ...approverMistakes(config),
    ...identityMistakes(config),
    ...(config.audit?.sinks ?? []).flatMap((sink, index) =>
      sink.type === 'stdout' && sink.path !== undefined
        ? [{ path: ['audit', 'sinks', index, 'path'], message: 'path belongs to sinks of type file' }]
        : [],
    ),
  ];
}

import { parsePublicKey } from '../approvals/signing/public-key.js';
import { APPROVERS_MAX } from '../platform/bounds.js';
import { messageOf } from '../platform/errors.js';
import { duplicates } from './duplicates.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';

type Approver = NonNullable<NonNullable<ConfigSource['approval']>['approvers']>[number];

/** Mistakes about the people whose signatures count: keys that are none, and calls that would pass unsigned. */
export function approverMistakes(config: ConfigSource): ValueMistake[] {
  const approvers = config.approval?.approvers ?? [];
  if (approvers.length === 0) return [];
  const path = ['approval', 'approvers'];
  const named = approvers.map(({ name }, index) => ({ name, path: [...path, index, 'name'] }));
  return [
    ...approvers.flatMap((approver, index) => keyMistakes(approver, [...path, index, 'public_key'])),
    ...duplicates(named, 'an approver'),
    ...(approvers.length > APPROVERS_MAX
      ? [{ path, message: `expected at most ${APPROVERS_MAX} approvers` }]
      : []),
    ...unsignedMistakes(config),
  ];
}

function keyMistakes({ public_key: text }: Approver, path: ConfigPath): ValueMistake[] {
  try {
    parsePublicKey(text);
    return [];
  } catch (error) {
    // A variable that is not set is a mistake of its own.
    if (text.includes('${')) return [];
    return [{ path, message: messageOf(error), hint: 'guard approver enroll NAME prints the line' }];
  }
}

/** Nobody signs when time runs out, so a call that then passes would make the signatures worthless. */
function unsignedMistakes(config: ConfigSource): ValueMistake[] {
  const settings: readonly (readonly [ConfigPath, { default_on_timeout?: 'deny' | 'allow' } | undefined])[] =
    [
      [['approval'], config.approval],
      ...(config.policies?.rules ?? []).map(
        (rule, index) => [['policies', 'rules', index, 'approval'], rule.approval] as const,
      ),
      ...(config.budgets ?? []).map(
        (budget, index) => [['budgets', index, 'approval'], budget.approval] as const,
      ),
    ];
  return settings
    .filter(([, approval]) => approval?.default_on_timeout === 'allow')
    .map(([path]) => ({
      path: [...path, 'default_on_timeout'],
      message: 'with approvers, a call that nobody answers cannot pass: nobody has signed',
      hint: 'default_on_timeout: deny, or no approvers',
    }));
}

import { FRAME_BYTES_CONFIG_MAX } from '../platform/bounds.js';
import type { MatchSource } from '../policy/source.js';
import type { ValueMistake } from './issues.js';
import { duplicates } from './duplicates.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';
import { serveMistakes } from './serve-combinations.js';
import { sizeBytes } from '../platform/units.js';

type Rule = NonNullable<NonNullable<ConfigSource['policies']>['rules']>[number];

/**
 * Mistakes of keys that are right each on its own but not together, as far as the policy compiler does
 * not find them. `environment` is what the layer
 * takes from the layers above; rules whose name begins with `skipped` stand in for broken ones.
 */
export function configMistakes(
  config: ConfigSource,
  environment: string | undefined,
  skipped: string,
): ValueMistake[] {
  const label = config.environment ?? environment;
  const rules = (config.policies?.rules ?? []).map((rule, index) => ({ rule, index }));
  const own = rules.filter(({ rule }) => rule.name?.startsWith(skipped) !== true);
  return [
    ...own.flatMap(({ rule, index }) => ruleMistakes(rule, ['policies', 'rules', index], label)),
    ...budgetMistakes(config, label),
    ...evidenceMistakes(config, label),
    ...relayMistakes(config),
    ...serveMistakes(config),
  ];
}

function ruleMistakes(rule: Rule, path: ConfigPath, environment: string | undefined): ValueMistake[] {
  const found = environmentMistakes(rule.match, [...path, 'match'], environment);
  if (rule.requires_success !== undefined && rule.requires === undefined) {
    found.push({ path: [...path, 'requires_success'], message: 'requires_success needs requires' });
  }
  if (rule.approval?.escalation_after !== undefined && rule.approval.delegates === undefined) {
    found.push({
      path: [...path, 'approval', 'escalation_after'],
      message: 'escalation_after needs delegates',
    });
  }
  return found;
}

/** A rule for an environment that was never named would silently match nothing. */
function environmentMistakes(
  match: MatchSource,
  path: ConfigPath,
  environment: string | undefined,
): ValueMistake[] {
  if (environment !== undefined) return [];
  const found: ValueMistake[] = [];
  if (match.environment !== undefined) {
    found.push({
      path: [...path, 'environment'],
      message: 'the rule matches an environment, but no environment is set',
      hint: 'set the root key environment',
    });
  }
  if (match.not !== undefined) found.push(...environmentMistakes(match.not, [...path, 'not'], environment));
  for (const [index, inner] of (match.any ?? []).entries()) {
    found.push(...environmentMistakes(inner, [...path, 'any', index], environment));
  }
  return found;
}

function budgetMistakes(config: ConfigSource, environment: string | undefined): ValueMistake[] {
  const budgets = config.budgets ?? [];
  const found = duplicates(
    budgets.map((budget, index) => ({ name: budget.name, path: ['budgets', index, 'name'] })),
    'a budget',
  );
  for (const [index, budget] of budgets.entries()) {
    const path = ['budgets', index];
    if (
      budget.window === 'session' &&
      budget.key !== undefined &&
      budget.key !== 'session' &&
      !budget.key.includes('session')
    ) {
      found.push({ path: [...path, 'window'], message: 'window: session needs key: session' });
    }
    if (budget.approval !== undefined && budget.on_exceed !== 'require_approval') {
      found.push({ path: [...path, 'approval'], message: 'approval needs on_exceed: require_approval' });
    }
    for (const [number, contributor] of budget.contributors.entries()) {
      found.push(
        ...environmentMistakes(contributor.match, [...path, 'contributors', number, 'match'], environment),
      );
    }
  }
  return found;
}

function evidenceMistakes(config: ConfigSource, environment: string | undefined): ValueMistake[] {
  const evidence = config.evidence ?? [];
  return [
    ...duplicates(
      evidence.map(({ name }, index) => ({ name, path: ['evidence', index, 'name'] })),
      'evidence',
    ),
    ...evidence.flatMap(({ match }, index) =>
      environmentMistakes(match, ['evidence', index, 'match'], environment),
    ),
  ];
}

function relayMistakes(config: ConfigSource): ValueMistake[] {
  const found: ValueMistake[] = [];
  for (const key of ['max_client_frame', 'max_server_frame'] as const) {
    const bytes = sizeBytes(config.relay?.[key] ?? 0);
    if (bytes !== undefined && bytes > FRAME_BYTES_CONFIG_MAX) {
      found.push({
        path: ['relay', key],
        message: `expected at most ${FRAME_BYTES_CONFIG_MAX / 1024 ** 2}MiB`,
      });
    }
  }
  return found;
}

import { isDeepStrictEqual } from 'node:util';
import type { MatchSource } from '../policy/source.js';
import { channelWarnings } from './channel-warnings.js';
import type { ValueMistake } from './issues.js';
import type { LayerFile } from './layers.js';
import type { ConfigPath, Mistake } from './mistakes.js';
import { placed } from './place.js';
import { ruleName } from './policy-source.js';
import type { ConfigSource } from './schema.js';
import { PROJECT_KEYS } from './settings.js';
import { durationMs } from '../platform/units.js';

type Rule = NonNullable<NonNullable<ConfigSource['policies']>['rules']>[number];

/** Parts of a match that a lone `*` accepts in every call that has one. */
const NAME_KEYS: ReadonlySet<string> = new Set([
  'method',
  'server',
  'tool',
  'uri',
  'prompt',
  'agent',
  'client',
  'environment',
]);
/** What a rule may demand before its call passes. */
const DUTIES = ['limits', 'approval', 'requires', 'requires_evidence'] as const;
/** Root keys that nothing reads yet. */
const LATER_KEYS = ['state'] as const;

/** What is allowed in a layer's file but most likely not meant. */
export function layerWarnings(file: LayerFile): Mistake[] {
  const { config } = file;
  if (config === undefined) return [];
  const rules = config.policies?.rules ?? [];
  const found = [
    ...(file.layer === 'project' ? ignoredInProject(config) : []),
    ...unreachable(rules),
    ...rules.flatMap((rule, index) => ruleWarnings(rule, ['policies', 'rules', index])),
    ...laterKeys(config, file.layer),
    ...channelWarnings(config, file.layer),
    ...policyWarnings(config),
  ];
  return found.map((mistake) => placed(mistake, file.path, file.locate));
}

/** A warning where no layer has a rule or a default that restricts. */
export function nothingEnforced(files: readonly LayerFile[]): Mistake[] {
  const last = files.at(-1);
  if (last === undefined || files.some(({ config }) => restricts(config))) return [];
  const message = 'no rule and no default restricts anything: only unlisted and changed tools are blocked';
  return [placed({ path: ['policies'], message }, last.path, last.locate)];
}

function restricts(config: ConfigSource | undefined): boolean {
  const { default: fallback, rules = [] } = config?.policies ?? {};
  if ((fallback ?? 'allow') !== 'allow' || (config?.budgets ?? []).length > 0) return true;
  return rules.some((rule) => rule.action !== 'allow' || DUTIES.some((key) => rule[key] !== undefined));
}

function policyWarnings(config: ConfigSource): ValueMistake[] {
  const found: ValueMistake[] = [];
  if (config.mode === 'observe') {
    found.push({
      path: ['mode'],
      message: 'mode: observe records what this file would stop and lets it pass',
    });
  }
  if (config.mode === 'dry_run') {
    found.push({
      path: ['mode'],
      message: 'mode: dry_run lets no governed call reach a server: each is told what would have happened',
    });
  }
  for (const [index, sink] of (config.audit?.sinks ?? []).entries()) {
    if (sink.type === 'stdout') {
      found.push({
        path: ['audit', 'sinks', index, 'type'],
        message:
          'a sink of type stdout counts for guard serve only: for guard -- stdout belongs to the protocol',
      });
    }
  }
  return found;
}

function ignoredInProject(config: ConfigSource): ValueMistake[] {
  const found = Object.keys(config)
    .filter((key) => !PROJECT_KEYS.includes(key))
    .map((key): ValueMistake => ({
      path: [key],
      at: 'key',
      message: `${key} is ignored in a project file`,
      hint: 'it counts in your own config file',
    }));
  if (config.policies?.denials !== undefined) {
    found.push({ path: ['policies', 'denials'], at: 'key', message: 'denials is ignored in a project file' });
  }
  if (config.self_protection?.enabled === false) {
    found.push({
      path: ['self_protection', 'enabled'],
      message: 'a project file cannot switch self-protection off',
    });
  }
  return found;
}

function ruleWarnings(rule: Rule, path: ConfigPath): ValueMistake[] {
  const found: ValueMistake[] = [];
  for (const key of DUTIES) {
    if (rule.action === 'deny' && rule[key] !== undefined) {
      found.push({
        path: [...path, key],
        at: 'key',
        message: `${key} has no effect on a rule with action: ${rule.action}`,
      });
    }
  }
  if (rule.action === 'deny') return found;
  const after = durationMs(rule.approval?.escalation_after ?? '');
  const timeout = durationMs(rule.approval?.timeout ?? '');
  if (after !== undefined && timeout !== undefined && after >= timeout) {
    found.push({
      path: [...path, 'approval', 'escalation_after'],
      message: 'escalation_after is not before timeout, so nobody is asked again',
    });
  }
  return found;
}

function laterKeys(config: ConfigSource, layer: string): ValueMistake[] {
  return LATER_KEYS.filter(
    (key) => config[key] !== undefined && (layer !== 'project' || PROJECT_KEYS.includes(key)),
  ).map((key) => ({
    path: [key],
    at: 'key',
    message: `${key} is checked, but this version of guard does not use it yet`,
  }));
}

/** Rules that no call can reach, because an earlier rule matches all that they match. */
function unreachable(rules: readonly Rule[]): ValueMistake[] {
  const found: ValueMistake[] = [];
  const earlier = new Covers();
  for (const [index, rule] of rules.entries()) {
    const cover = earlier.coverOf(rule.match);
    if (cover !== undefined) {
      const name = ruleName(rules[cover]?.name, cover);
      found.push({
        path: ['policies', 'rules', index],
        message: `this rule never decides: ${name} above matches all that it matches`,
      });
    }
    earlier.add(rule.match, index);
  }
  return found;
}

/** Broad matches, which are few, are compared with every rule; narrow ones only with their equals. */
class Covers {
  readonly #broad: { match: MatchSource; index: number }[] = [];
  readonly #exact = new Map<string, number>();

  add(match: MatchSource, index: number): void {
    if (Object.keys(match).length <= 1 && this.#broad.length < 64) this.#broad.push({ match, index });
    const text = JSON.stringify(match);
    if (!this.#exact.has(text)) this.#exact.set(text, index);
  }

  coverOf(match: MatchSource): number | undefined {
    return (
      this.#exact.get(JSON.stringify(match)) ??
      this.#broad.find((earlier) => covers(earlier.match, match))?.index
    );
  }
}

/** True when every call that `later` matches is one that `earlier` matches; false where that is not plain. */
function covers(earlier: MatchSource, later: MatchSource): boolean {
  const wanted: Readonly<Record<string, unknown>> = { ...later };
  return Object.entries(earlier).every(([key, value]) => {
    if (!Object.hasOwn(wanted, key)) return false;
    return isDeepStrictEqual(value, wanted[key]) || (NAME_KEYS.has(key) && value === '*');
  });
}

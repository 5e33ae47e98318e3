import type { JsonValue } from '../../src/platform/json.js';
import type { LayerSource } from '../../src/policy/compile.js';
import type {
  ConditionSource,
  MatchSource,
  OneOrMany,
  RuleSource,
  ScopesSource,
} from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';

/**
 * The evaluator by definition, for the part of the language that the property test draws from: no
 * index, no memory, no three-valued logic. Truth is a pair instead: could it be met, must it be met?
 */
interface Span {
  readonly could: boolean;
  readonly must: boolean;
}
const sure = (met: boolean): Span => ({ could: met, must: met });
const doubt: Span = { could: true, must: false };
const every = (spans: readonly Span[]): Span => ({
  could: spans.every((span) => span.could),
  must: spans.every((span) => span.must),
});
const some = (spans: readonly Span[]): Span => ({
  could: spans.some((span) => span.could),
  must: spans.some((span) => span.must),
});
const not = (span: Span): Span => ({ could: !span.must, must: !span.could });

const escape = (part: string): string => part.replace(/[^\w]/g, String.raw`\$&`);
/** What is left when arrays of one are taken for their element. */
const bare = (value: JsonValue): JsonValue =>
  Array.isArray(value) && value.length === 1 ? bare(value[0] ?? null) : value;

function glob(patterns: string | readonly string[], text: string | undefined): boolean {
  return [patterns]
    .flat()
    .some(
      (pattern) =>
        text !== undefined && new RegExp(`^${pattern.split('*').map(escape).join('[^]*')}$`).test(text),
    );
}

function condition(source: ConditionSource, value: JsonValue | undefined): Span {
  const spans: Span[] = [];
  if (source.eq !== undefined) {
    const juggled =
      value !== undefined &&
      value !== source.eq &&
      JSON.stringify([bare(value)]).replaceAll('"', '') === `[${source.eq as string}]`;
    spans.push(juggled ? doubt : sure(value === source.eq));
  }
  if (source.gt !== undefined)
    spans.push(typeof value === 'number' ? sure(value > Number(source.gt)) : doubt);
  if (source.glob !== undefined) {
    spans.push(value === undefined || typeof value === 'string' ? sure(glob(source.glob, value)) : doubt);
  }
  if (source.exists !== undefined) spans.push(sure((value !== undefined) === source.exists));
  if (source.not !== undefined) spans.push(not(condition(source.not, value)));
  return every(spans);
}

function argument(path: string, source: ConditionSource, input: Subject['input']): Span {
  const value = input[path.slice(2, 3)];
  if (!path.endsWith('[*]')) return condition(source, value);
  if (value === undefined || value === null) return condition(source, undefined);
  if (!Array.isArray(value)) return doubt;
  const spans = value.map((element) => condition(source, element));
  // Restricting rules ask for any element, allowing rules for all: the two ends of the span.
  return {
    could: spans.some((span) => span.could),
    must: spans.length > 0 && spans.every((span) => span.must),
  };
}

function match(source: MatchSource, subject: Subject, environment: string | undefined): Span {
  const spans: Span[] = [];
  for (const key of ['method', 'server', 'tool', 'agent'] as const) {
    const wanted = source[key];
    if (wanted !== undefined) spans.push(sure(glob(wanted, subject[key])));
  }
  if (source.environment !== undefined) spans.push(sure(glob(source.environment, environment)));
  for (const [hint, wanted] of Object.entries(source.annotations ?? {})) {
    spans.push(sure(subject.tool !== undefined && subject.hints[hint as 'readOnlyHint'] === wanted));
  }
  for (const [path, one] of Object.entries(source.claims ?? {}))
    spans.push(subject.claims === undefined ? doubt : argument(path, one, subject.claims));
  if (source.scopes !== undefined) spans.push(scopes(source.scopes, subject.scopes));
  for (const [path, one] of Object.entries(source.input ?? {}))
    spans.push(argument(path, one, subject.input));
  if (source.any !== undefined) spans.push(some(source.any.map((one) => match(one, subject, environment))));
  if (source.not !== undefined) spans.push(not(match(source.not, subject, environment)));
  return every(spans);
}

function scopes(source: ScopesSource, has: readonly string[] | undefined): Span {
  if (has === undefined) return doubt;
  const hasAll = (wanted: OneOrMany<string>): boolean =>
    [wanted].flat().every((scope) => has.includes(scope));
  if (typeof source === 'object' && ('all' in source || 'missing' in source)) {
    const { all, missing } = source;
    return sure((all === undefined || hasAll(all)) && (missing === undefined || !hasAll(missing)));
  }
  return sure(has.some((scope) => glob(source as OneOrMany<string>, scope)));
}

/** Effect and the names of the rules that oblige, as `deny` or `allow+ask+few`; `dry_deny` for what a dry run keeps from denying. */
export type Answer = string;

function answerOf(rule: RuleSource): Answer {
  if (rule.action === 'deny') return rule.action;
  const obliges = rule.limits !== undefined || rule.action === 'require_approval';
  return (rule.action === 'dry_run' ? 'dry_run' : 'allow') + (obliges ? `+${rule.name}` : '');
}

function stricter(left: Answer, right: Answer): Answer {
  for (const effect of ['deny', 'dry_deny']) if (left === effect || right === effect) return effect;
  const [first = '', ...some] = left.split('+');
  const [second = '', ...more] = right.split('+');
  return [first === 'dry_run' ? first : second, ...some, ...more].join('+');
}

/** What a layer that is tried dry makes of it. */
function triedDry(answer: Answer): Answer {
  return answer === 'deny' ? 'dry_deny' : answer.replace('allow', 'dry_run');
}

/** What the rules from `at` on come to: an uncertain rule leaves two ways to go on, of which the stricter counts. */
function rules(layer: LayerSource, subject: Subject, at: number): Answer {
  const rule = layer.policy.rules[at];
  if (rule === undefined)
    return layer.policy.default === 'require_approval' ? 'allow+default' : layer.policy.default;
  const span = match(rule.match, subject, layer.environment);
  if (span.must) return answerOf(rule);
  const rest = rules(layer, subject, at + 1);
  return span.could ? stricter(answerOf(rule), rest) : rest;
}

/** What one layer makes of a subject. */
export function referenceLayer(layer: LayerSource, subject: Subject): Answer {
  const { policy } = layer;
  if (!subject.knownMethod && policy.unknown_methods === 'deny') return 'deny';
  if (subject.standing === 'unlisted' && policy.unlisted_tools === 'deny') return 'deny';
  if (subject.standing !== 'drifted' || policy.on_tool_drift === 'log') return rules(layer, subject, 0);
  if (policy.on_tool_drift === 'block') return 'deny';
  return stricter(rules(layer, subject, 0), 'allow+on_tool_drift');
}

/** What the layers that observe make of a subject together, or those that do more. */
export function reference(
  layers: readonly LayerSource[],
  subject: Subject,
  mode: 'enforce' | 'observe',
): Answer {
  return layers
    .filter((layer) => (layer.mode === 'observe') === (mode === 'observe'))
    .map((layer) => {
      const answer = referenceLayer(layer, subject);
      return layer.mode === 'dry_run' ? triedDry(answer) : answer;
    })
    .reduce(stricter, 'allow');
}

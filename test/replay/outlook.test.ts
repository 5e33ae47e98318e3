import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_HINTS } from '../../src/mcp/hints.js';
import type { JsonObject } from '../../src/platform/json.js';
import { compilePolicy } from '../../src/policy/compile.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { PolicyPorts } from '../../src/policy/ports.js';
import type { Action, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import type { LogGaps } from '../../src/replay/log-gaps.js';
import { outlook } from '../../src/replay/outlook.js';
import { verifies } from '../requirements.js';

verifies('simulate:undecidable');

const PORTS: PolicyPorts = {
  compileRegex: () => ({ test: () => false }),
  canonicalPath: (text) => (text.startsWith('/') ? text : undefined),
};

const condition = fc.oneof(
  fc.record({ eq: fc.constantFrom('a', 'b', 1) }),
  fc.record({ gt: fc.constantFrom(1, 5) }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ path_within: fc.constantFrom('/srv', '/etc') }),
  fc.record({ not: fc.record({ eq: fc.constantFrom('a', 1) }) }),
);
const match = fc.record(
  {
    tool: fc.constantFrom('read', 'write', '*'),
    input: fc.dictionary(fc.constantFrom('$.x', '$.y', '$.list[*]'), condition, { minKeys: 1, maxKeys: 2 }),
    annotations: fc.record({ destructiveHint: fc.boolean() }),
    agent: fc.constantFrom('me', 'you'),
  },
  { requiredKeys: [] },
);
const LIMITS: Partial<Record<Action, Partial<RuleSource>>> = {
  rate_limit: { limits: { max_calls: 3, window: '1h' } },
};
const rules = fc
  .array(
    fc.record({
      match: fc.oneof(
        match,
        fc.record({ any: fc.array(match, { minLength: 1, maxLength: 2 }) }),
        fc.record({ not: match }),
      ),
      action: fc.constantFrom<Action>('allow', 'deny', 'require_approval', 'rate_limit', 'dry_run'),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.map((rule, index): RuleSource => ({ name: `r${index}`, ...rule, ...LIMITS[rule.action] })),
  );

const layer = fc.record({
  mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'observe' as const, 'dry_run' as const),
  byDefault: fc.constantFrom('allow' as const, 'deny' as const, 'require_approval' as const),
  rules,
});
const value = fc.constantFrom<JsonObject[string]>('a', 'b', 1, 7, '7', '/srv/x', '/etc/x', null, ['a', 1], {
  a: 1,
});
const input = fc.dictionary(fc.constantFrom('x', 'X', 'y', 'list'), value, { maxKeys: 3 });

function compiled(
  layers: readonly {
    mode: 'enforce' | 'observe' | 'dry_run';
    byDefault: 'allow' | 'deny' | 'require_approval';
    rules: RuleSource[];
  }[],
): CompiledPolicy {
  const names = ['user', 'project'] as const;
  const result = compilePolicy(
    layers.map(({ mode, byDefault, rules: own }, index) => ({
      layer: names[index] ?? 'project',
      mode,
      environment: undefined,
      baseDir: '/srv',
      policy: {
        default: byDefault,
        hide_denied: true,
        unknown_methods: 'allow',
        unlisted_tools: 'deny',
        on_tool_drift: 'block',
        rules: own,
      },
    })),
    PORTS,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.policy;
}

function subject(given: JsonObject, destructiveHint: boolean): Subject {
  return {
    method: 'tools/call',
    knownMethod: true,
    server: 's',
    agent: 'me',
    client: undefined,
    session: 'x',
    claims: undefined,
    scopes: undefined,
    tool: 'write',
    uri: undefined,
    prompt: undefined,
    standing: 'listed',
    hints: { ...DEFAULT_HINTS, destructiveHint },
    input: given,
  };
}

/** What a decision amounts to: its effect and everything that it obliges to. */
function kind(policy: CompiledPolicy, of: Subject): unknown {
  const { effect, wouldDeny, obligations } = evaluate(policy, of);
  return [effect, wouldDeny, obligations.map((one) => [one.kind, one.rule.layer, one.rule.index])];
}

const NO_GAPS: LogGaps = { arguments: false, redacted: false, names: new Set(), hints: false, caller: false };

test('where a call is settled, no arguments and no hints change what is decided', () => {
  let settled = 0;
  let open = 0;
  fc.assert(
    fc.property(
      fc.array(layer, { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(input, fc.boolean()), { minLength: 1, maxLength: 12 }),
      (layers, worlds) => {
        const policy = compiled(layers);
        const staged = { policy, budgets: { list: [], ports: PORTS }, evidence: { list: [], ports: PORTS } };
        const told = subject({}, true);
        const view = outlook(staged, told, { ...NO_GAPS, arguments: true, hints: true });
        if (view.kind === 'undecidable') {
          open += 1;
          expect(view.missed.length).toBeGreaterThan(0);
          return;
        }
        settled += 1;
        const expected = kind(policy, told);
        for (const [given, hint] of worlds) expect(kind(policy, subject(given, hint))).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
  // Both ends are common, or this shows nothing.
  expect(settled).toBeGreaterThan(100);
  expect(open).toBeGreaterThan(100);
});

test('what redaction hid may have been anything, what it left is known', () => {
  fc.assert(
    fc.property(layer, input, value, (one, shown, hidden) => {
      const policy = compiled([one]);
      const staged = { policy, budgets: { list: [], ports: PORTS }, evidence: { list: [], ports: PORTS } };
      const told = subject({ ...shown, y: '[redacted:token]' }, true);
      const view = outlook(staged, told, { ...NO_GAPS, redacted: true });
      if (view.kind === 'settled') {
        expect(kind(policy, subject({ ...shown, y: hidden }, true))).toEqual(kind(policy, told));
      } else expect(view.missed).toEqual(['$.y was redacted in the log']);
    }),
    { numRuns: 1000 },
  );
});

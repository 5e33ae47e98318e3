import path from 'node:path';
import { RE2JS } from 're2js';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/platform/json.js';
import { type LayerSource, compilePolicy } from '../../src/policy/compile.js';
import type { CompiledPolicy } from '../../src/policy/compiled.js';
import { evaluate } from '../../src/policy/evaluate.js';
import type { PolicyPorts } from '../../src/policy/ports.js';
import type { ProtectionSource } from '../../src/policy/protection.js';
import type { MatchSource, PolicySource, RuleSource } from '../../src/policy/source.js';
import type { Subject, ToolHints } from '../../src/policy/subject.js';

export const HOME = '/home/ada';
export const BASE = '/srv/site';

/** Symlinks of the imagined file system. */
const LINKS: Readonly<Record<string, string>> = { '/srv/site/out': '/etc', '/tmp': '/private/tmp' };

/** An imagined file system: no disk is touched, symlinks come from the table above, `lost/` cannot be resolved. */
export const ports: PolicyPorts = {
  compileRegex: (pattern) => {
    const regex = RE2JS.compile(pattern);
    return { test: (text) => regex.matcher(text).find() };
  },
  canonicalPath: (text, baseDir) => {
    // oxlint-disable-next-line no-control-regex -- control characters have no canonical path
    if (text === '' || text.startsWith('lost/') || /[\u0000-\u001f]/.test(text)) return undefined;
    const expanded = text === '~' || text.startsWith('~/') ? HOME + text.slice(1) : text;
    const resolved = path.posix.resolve(baseDir, expanded);
    for (const [link, target] of Object.entries(LINKS)) {
      if (resolved === link || resolved.startsWith(`${link}/`)) return target + resolved.slice(link.length);
    }
    return resolved;
  },
};

export const DEFAULT_HINTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** A call of `read_file` on the server `files`, with what a test changes about it. */
export function call(changes: Partial<Subject> = {}): Subject {
  return {
    method: 'tools/call',
    knownMethod: true,
    server: 'files',
    agent: 'support-1',
    client: 'claude-code',
    session: 's1',
    claims: undefined,
    scopes: undefined,
    tool: 'read_file',
    uri: undefined,
    prompt: undefined,
    standing: 'listed',
    hints: DEFAULT_HINTS,
    input: {},
    ...changes,
  };
}

/** A call of `read_file` with these arguments. */
export function callWith(input: JsonObject): Subject {
  return call({ input });
}

/** A request that is no tool call. */
export function request(method: string, changes: Partial<Subject> = {}): Subject {
  return call({ method, tool: undefined, standing: 'unknown', ...changes });
}

export const SETTINGS: PolicySource = {
  default: 'allow',
  hide_denied: true,
  unknown_methods: 'allow',
  unlisted_tools: 'deny',
  on_tool_drift: 'block',
  rules: [],
};

export function layer(
  rules: readonly RuleSource[],
  changes: Partial<Omit<LayerSource, 'policy'>> & { policy?: Partial<PolicySource> } = {},
): LayerSource {
  const { policy, ...rest } = changes;
  return {
    layer: 'user',
    mode: 'enforce',
    environment: undefined,
    baseDir: BASE,
    ...rest,
    policy: { ...SETTINGS, rules, ...policy },
  };
}

/** Compiles layers that must be free of mistakes. */
export function compiled(layers: readonly LayerSource[], protection?: ProtectionSource): CompiledPolicy {
  const result = compilePolicy(layers, ports, protection);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.policy;
}

/** A rule that denies. */
export function deny(match: MatchSource, name = 'no'): RuleSource {
  return { name, match, action: 'deny' };
}

/** A rule that allows. */
export function allow(match: MatchSource, name = 'yes'): RuleSource {
  return { name, match, action: 'allow' };
}

/** A rule that asks a person. */
export function ask(match: MatchSource, name = 'ask'): RuleSource {
  return { name, match, action: 'require_approval' };
}

/** A decision in one line: effect, obligations, deciding rule, `?` when something was uncertain. */
export function decide(layers: readonly LayerSource[], subject: Subject): string {
  const decision = evaluate(compiled(layers), subject);
  const obligations = decision.obligations.map((one) => one.kind).join('+');
  const plain = decision.wouldDeny === true ? `${decision.effect} of deny` : decision.effect;
  const effect = obligations === '' ? plain : `${plain}+${obligations}`;
  return `${effect} by ${decision.rule.name}${decision.uncertain.length > 0 ? ' ?' : ''}`;
}

/** Checks what one layer with these rules makes of a call. */
export function checkDecision(
  rules: readonly RuleSource[],
  subject: Subject,
  expected: string,
  policy: Partial<PolicySource> = {},
): void {
  expect(decide([layer(rules, { policy })], subject)).toBe(expected);
}

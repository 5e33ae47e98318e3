import type { Rule } from './compile-rule.js';
import type { Matcher } from './matcher.js';

/**
 * Finds the rules that may apply to a tool without looking at the others: rules that name their tools
 * without wildcards are looked up, the rest is scanned.
 */
export class RuleIndex {
  readonly #byTool = new Map<string, Rule[]>();
  readonly #scanned: Rule[] = [];

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      const tools = toolsOf(rule.matcher);
      if (tools === undefined) {
        this.#scanned.push(rule);
        continue;
      }
      for (const tool of tools) {
        const named = this.#byTool.get(tool);
        if (named === undefined) this.#byTool.set(tool, [rule]);
        else named.push(rule);
      }
    }
  }

  /** The rules that may apply, in their order; of a rule left out it is certain that it does not. */
  rulesFor(tool: string | undefined): readonly Rule[] {
    const named = tool === undefined ? undefined : this.#byTool.get(tool);
    if (named === undefined) return this.#scanned;
    return [...named, ...this.#scanned].sort((left, right) => left.ref.index - right.ref.index);
  }
}

/** The tools that a rule is confined to, where it names them without wildcards. */
function toolsOf(matcher: Matcher): ReadonlySet<string> | undefined {
  if (matcher.kind !== 'all') return undefined;
  for (const part of matcher.of) {
    if (part.kind !== 'leaf' || part.leaf.kind !== 'name' || part.leaf.key !== 'tool') continue;
    if (part.leaf.patterns.globs.length === 0) return part.leaf.patterns.exact;
  }
  return undefined;
}

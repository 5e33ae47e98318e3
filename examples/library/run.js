// The policy engine without the relay: compile once, ask about calls.
import { compilePolicy, evaluate } from '../../dist/index.js';
import { assert, say } from '../support.js';

const policy = {
  default: 'allow',
  hide_denied: true,
  unknown_methods: 'allow',
  unlisted_tools: 'deny',
  on_tool_drift: 'block',
  rules: [
    { name: 'no-drops', match: { tool: 'sql', input: { '$.query': { glob: 'DROP *' } } }, action: 'deny' },
  ],
};
const layer = { layer: 'user', mode: 'enforce', environment: undefined, baseDir: process.cwd(), policy };
const ports = { compileRegex: (pattern) => new RegExp(pattern), canonicalPath: (text) => text };
const compiled = compilePolicy([layer], ports);
assert(compiled.ok);

const call = (query) => ({
  method: 'tools/call',
  knownMethod: true,
  server: 'db',
  agent: undefined,
  client: undefined,
  session: undefined,
  tool: 'sql',
  uri: undefined,
  prompt: undefined,
  standing: 'listed',
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  input: { query },
});
for (const [query, effect] of [
  ['SELECT 1', 'allow'],
  ['DROP TABLE users', 'deny'],
]) {
  const decision = evaluate(compiled.policy, call(query));
  say(`${query}: ${decision.effect} (${decision.rule.name})`);
  assert.equal(decision.effect, effect);
}

import { expect, test } from 'vitest';
import { explainCommand } from '../../src/commands/explain-options.js';
import { folderWith } from '../config/check-yaml.js';
import { runCommand } from './check-run.js';

const CONFIG = `version: '1'
policies:
  rules:
    - name: small
      match: { tool: refund, input: { '$.amount': { lte: 10 } } }
      action: allow
    - name: refunds
      match: { tool: 'refund*' }
      action: deny
      feedback: { message: "No refunds\\e[31m.", suggestion: Ask. }
`;

const options = { tool: 'refund', args: '{"amount": 20}' };

test('the decision comes first, then every rule and its conditions', async () => {
  const folder = folderWith({ 'guard.yaml': CONFIG });
  const { code, stdout } = await runCommand(explainCommand, folder, { options });
  expect(code).toBe(0);
  expect(stdout).toBe(`deny  by rule refunds (project layer, rule 2)
  message: No refunds\\u{001b}[31m.
  suggestion: Ask.

project layer, enforce  ${folder}/guard.yaml
  1. small  allow  does not match
     true     tool: wanted "refund", the call has "refund"
     false    $.amount lte: wanted 10, the call has 20
  2. refunds  deny  matches
     true     tool: wanted "refund*", the call has "refund"
  default  not reached
  this layer says deny
`);
});

test('color where it is asked for', async () => {
  const folder = folderWith({ 'guard.yaml': CONFIG });
  const colored = await runCommand(explainCommand, folder, { options }, { FORCE_COLOR: '1' });
  expect(colored.stdout).toContain('\u001b[31m');
  const plain = await runCommand(explainCommand, folder, { options }, { NO_COLOR: '1' });
  expect(plain.stdout).not.toContain('\u001b[');
});

test('as JSON', async () => {
  const { stdout } = await runCommand(explainCommand, folderWith({ 'guard.yaml': CONFIG }), {
    options: { ...options, json: true },
  });
  expect(JSON.parse(stdout)).toMatchObject({
    subject: { method: 'tools/call', tool: 'refund' },
    decision: { effect: 'deny', rule: { name: 'refunds', layer: 'project' } },
    layers: [{ layer: 'project', rules: [{ status: 'not-matched' }, { status: 'matched' }] }],
  });
});

test('resources, prompts and other methods', async () => {
  const folder = folderWith({
    'guard.yaml':
      "version: '1'\npolicies: { unknown_methods: deny, rules: [{ match: { uri: 'file:*' }, action: deny }] }",
  });
  const say = async (given: Record<string, unknown>): Promise<string> =>
    (await runCommand(explainCommand, folder, { options: given })).stdout.split('\n')[0] ?? '';
  expect(await say({ uri: 'file:///a' })).toBe('deny  by rule rule-1 (project layer, rule 1)');
  expect(await say({ prompt: 'hello' })).toBe('allow  by the default of the project layer');
  expect(await say({ method: 'foo/bar' })).toBe(
    'deny  because no revision of the protocol defines the method',
  );
  expect(await say({ method: 'tools/list' })).toBe('tools/list is not judged by policy: guard passes it on.');
});

test('bad input ends with 2', async () => {
  const folder = folderWith();
  for (const given of [
    {},
    { tool: 'a', uri: 'b' },
    { tool: 'a', args: '{' },
    { tool: 'a', args: '[]' },
    { tool: 'a', hint: 'nice' },
    { tool: 'a', hint: 'readOnly=maybe' },
  ]) {
    expect(await runCommand(explainCommand, folder, { options: given })).toMatchObject({
      code: 2,
      error: 'usage',
    });
  }
  expect(
    await runCommand(explainCommand, folder, { options: { tool: 'a', config: 'none.yaml' } }),
  ).toMatchObject({ code: 2, error: 'config-not-found' });
});

test('the token of the caller, and the scopes that it lacks', async () => {
  const config = `version: '1'
policies:
  rules:
    - name: writers
      match: { tool: 'write_*', scopes: { missing: 'files:write' } }
      action: deny
    - name: billing
      match: { not: { claims: { '$.team': { in: [billing, ops] } } } }
      action: deny
`;
  const folder = folderWith({ 'guard.yaml': config });
  const lacking = { tool: 'write_file', scope: 'files:read', claim: ['team=ops', 'level=3'] };
  const { stdout } = await runCommand(explainCommand, folder, { options: lacking });
  expect(stdout).toContain(
    'deny  by rule writers (project layer, rule 1)\n  it would pass with the scopes: files:write\n',
  );
  expect(stdout).toContain('true     scopes missing: wanted "files:write", the call has "files:read"');
  const enough = { ...lacking, scope: ['files:read', 'files:write'] };
  expect((await runCommand(explainCommand, folder, { options: enough })).stdout).toContain(
    'claims $.team in: wanted ["billing","ops"], the call has "ops"',
  );
  const nobody = await runCommand(explainCommand, folder, { options: { tool: 'write_file' } });
  expect(nobody.stdout).toMatch(/^deny .*\n {2}uncertain: scopes: nobody verified who calls/);
  const odd = await runCommand(explainCommand, folder, { options: { ...lacking, claim: '=x' } });
  expect(odd.message).toMatch(/--claim expects a name/);
});

import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { McpClient } from '../support/mcp-client.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { spellings } from '../audit/redaction/planted.js';
import { verifies } from '../requirements.js';
import { useGateway } from './gateway-peers.js';

verifies('audit:redaction:secrets-nowhere');

const open = useSandbox();
const { serve } = useGateway();

/** No shape gives it away, and no provider made it. */
const SECRETS = {
  config: ['garden', 'Lamp', 'violet'].join('.'),
  environment: ['winter', 'Boat', 'amber'].join('.'),
  upstream: ['stone', 'River', 'Copper8'].join('.'),
  header: ['cloud', 'Maple', 'silver'].join('.'),
};

/** Everything that guard wrote in this home, but for the config that it was given. */
function written(sandbox: Sandbox, except: readonly string[]): string {
  const files = fs.readdirSync(sandbox.folder, { recursive: true, encoding: 'utf8' });
  return files
    .map((name) => path.join(sandbox.folder, name))
    .filter((file) => !except.includes(file) && file !== sandbox.received && fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join('\n');
}

function expectNone(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) expect(text).not.toContain(spelling);
  }
}

test('the stdio door writes none of them: not in records, notes, denials or state', async () => {
  const { config, environment } = SECRETS;
  const sandbox = open(`
version: '1'
audit: { log_arguments: true, include_responses: true }
policies:
  rules:
    - name: never
      match: { tool: boom }
      action: deny
      feedback: { message: 'Ask with \${DOOR_PHRASE}.', suggestion: 'Say \${DOOR_PHRASE}' }
    - { name: held, match: { tool: held }, action: require_approval, approval: { channels: [terminal], timeout: 1m } }
`);
  const env = { DOOR_PHRASE: config, SHOP_API_TOKEN: environment };
  const guard = sandbox.guard({
    server: ['echo', sandbox.received],
    env,
    options: ['--agent', `a-${environment}`],
  });
  const both = `${config} ${encodeURIComponent(environment)} ${Buffer.from(`x:${config}`).toString('base64')}`;
  await guard.ask(`id-${environment}`, 'tools/call', { name: 'echo', arguments: { [config]: both } });
  await guard.ask(2, 'resources/read', { uri: `file:///${config}?q=${environment}` });
  await guard.ask(3, `x/${environment}`, {});
  const denied = await guard.ask(4, 'tools/call', { name: 'boom', arguments: { note: environment } });
  expect(JSON.stringify(denied)).toContain('[redacted:secret]');
  guard.say({ id: 5, method: 'tools/call', params: { name: 'held', arguments: { note: both } } });
  await eventually('the held call', () =>
    sandbox.records().some((record) => record.type === 'decision' && record.decision === 'require_approval'),
  );
  guard.say({ id: 6, method: `tools/call ${environment}\u0000` });
  sandbox.writeConfig(`version: '1'\n\${DOOR_PHRASE}: 1\nmode: '\${DOOR_PHRASE}'\n`);
  await eventually('the refused reload', () => guard.stderr.includes('stays in force'));
  guard.child.stdin.end();
  await guard.ended;
  expectNone(guard.stderr, [config, environment]);
  expectNone(JSON.stringify(denied), [config, environment]);
  expectNone(written(sandbox, [sandbox.config]), [config, environment]);
});

test('an error at the start does not show one', async () => {
  const sandbox = open();
  const { environment } = SECRETS;
  const options = ['--config', `/no/such/${environment}.yaml`];
  const guard = sandbox.guard({ server: 'echo', options, env: { SHOP_API_TOKEN: environment } });
  await guard.ended;
  expect(guard.stderr).toContain('/no/such/[redacted:secret].yaml');
  expectNone(guard.stderr, [environment]);
});

test('the HTTP door writes none of them: not in records, its log, answers or state', async () => {
  const { upstream, header, environment } = SECRETS;
  const { gateway, sandbox } = await serve(
    [
      {
        name: 'tells',
        command: process.execPath,
        args: [serverFile('tells-environment')],
        env: { APP_PHRASE: upstream },
      } as never,
      { name: 'away', url: `http://me:${header}@127.0.0.1:9/mcp`, headers: { 'X-Door': header } } as never,
      { name: 'ends', command: process.execPath, args: ['-e', `throw new Error('${upstream} ${header}')`] },
    ],
    { audit: { log_arguments: true, include_responses: true } },
  );
  const client = new McpClient(`${gateway.base}/mcp`, 'modern');
  onTestFinished(() => client.close());
  await client.open();
  const alone = new McpClient(`${gateway.base}/mcp/tells`, 'modern');
  onTestFinished(() => alone.close());
  const told = await alone.call(1, 'tell', { name: 'APP_PHRASE' });
  expect(JSON.stringify(told.answer)).toContain(upstream);
  const failed = await client.call(2, 'away__any', { note: `${header} ${environment}` });
  const ended = await client.call(3, 'ends__any', { note: upstream });
  await client.request(4, `x/${header}`, {});
  const ready = await (await fetch(`${gateway.base}/readyz`)).text();
  await gateway.close();
  const secrets = [upstream, header];
  expectNone(gateway.process.stderr, secrets);
  expectNone(JSON.stringify([failed.answer, ended.answer]) + ready, secrets);
  expectNone(written(sandbox, [gateway.config]), secrets);
});

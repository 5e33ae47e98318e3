import { expect, test } from 'vitest';
import { serveUpstreams } from '../../src/commands/serve-upstreams.js';
import type { Tools } from '../../src/commands/command.js';
import { tryLoadConfig } from '../../src/config/load.js';
import { systemClock } from '../../src/platform/clock.js';
import { folderWith, pathsIn } from '../config/check-yaml.js';
import { Listener } from '../gateway/upstreams/rig.js';
import { verifies } from '../requirements.js';
import { serverFile } from '../support/built-guard.js';
import { useSandbox } from '../support/use-sandbox.js';

verifies('config:upstreams');

const sandboxOf = useSandbox();

test('a server of the config gets what is its own, and none of what is guard’s', async () => {
  const sandbox = sandboxOf();
  const env = { ...sandbox.env, GUARD_AGENT: 'me', GIVEN: 'given', KEPT: 'kept', PLAIN: 'plain' };
  const server = [process.execPath, serverFile('tells-environment')].map((word) => JSON.stringify(word));
  const text = `version: '1'
upstreams:
  - { name: a, command: ${server[0]}, args: [${server[1]}], env: { TOKEN: '\${GIVEN}' } }
  - { name: b, url: 'https://b.example', headers: { Authorization: '\${KEPT}' } }
`;
  const folder = folderWith({ 'user/guard.yaml': text });
  const loaded = await tryLoadConfig({ cwd: folder, env, paths: pathsIn(folder) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  const { set } = serveUpstreams({
    tools: { env, clock: systemClock() } as unknown as Tools,
    config: loaded.config,
    log: { isEnabled: () => false, write: () => undefined, setLevel: () => undefined },
    diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
  });
  set.reconcile(loaded.config.settings.upstreams);
  const heard = new Listener();
  const connection = await set.get('a')?.connect(heard);
  if (connection === undefined) throw new Error('no upstream');
  const told: Record<string, unknown> = {};
  for (const [index, name] of ['TOKEN', 'GIVEN', 'KEPT', 'PLAIN', 'GUARD_AGENT'].entries()) {
    const answer = await heard.ask(connection, index + 1, 'tools/call', {
      name: 'tell',
      arguments: { name },
    });
    told[name] = (answer.result?.['content'] as { text: string }[] | undefined)?.[0]?.text;
  }
  expect(told).toEqual({
    TOKEN: 'given',
    GIVEN: 'unset',
    KEPT: 'unset',
    PLAIN: 'plain',
    GUARD_AGENT: 'unset',
  });
  await set.closeAll();
});

import { expect, test } from 'vitest';
import { configSecrets, environmentSecrets } from '../../src/config/secret-values.js';
import { tryLoadConfig } from '../../src/config/load.js';
import { verifies } from '../requirements.js';
import { folderWith, pathsIn } from './check-yaml.js';

verifies('audit:redaction:secrets-nowhere');

test('of the environment: values whose names announce a secret, and passwords in URLs', () => {
  const env = {
    GITHUB_TOKEN: 'value-one',
    STRIPE_KEY: 'value-two',
    DATABASE_URL: 'postgres://me:p%40ss-three@db/x',
    SSH_AUTH_SOCK: '/tmp/agent.1',
    SECRET_FILE: '/run/secret',
    USE_TOKEN: 'true',
    PWD: '/home/me',
    PATH: '/bin',
    EDITOR: 'vim',
  };
  expect(environmentSecrets(env)).toEqual(['value-one', 'value-two', 'p%40ss-three', 'p@ss-three']);
});

test('of a config: variables, what servers are given, literals under telling names, headers of the collector', async () => {
  const folder = folderWith({
    'guard.yaml': `
version: '1'
dashboard: { api_secret: 'dashboard-literal-value-of-tests-1' }
audit: { anchor: { webhook: { url: 'https://a.example/', secret: 'Anchor.secret.of.tests', headers: { x-team: 'Anchor9team' } } } }
tracing: { otlp: { endpoint: 'http://localhost:4318', headers: { x-team: 'Collector9team' } } }
upstreams:
  - { name: a, command: x, env: { NODE_ENV: production, LOG: debug, ROOT: /srv/data, PHRASE: 'stone.River.8', APP_PASSWORD: short } }
  - { name: b, url: 'http://me:in-the-url@h/x', headers: { Authorization: 'Bearer from-\${VARIABLE}' } }
`,
  });
  const env = { VARIABLE: 'a-variable' };
  const result = await tryLoadConfig({ cwd: folder, env, paths: pathsIn(folder), configFile: 'guard.yaml' });
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  expect(new Set(configSecrets(result.config))).toEqual(
    new Set([
      'a-variable',
      'stone.River.8',
      'short',
      'in-the-url',
      'Bearer from-a-variable',
      'from-a-variable',
      'Anchor.secret.of.tests',
      'Anchor9team',
      'Collector9team',
      'dashboard-literal-value-of-tests-1',
    ]),
  );
});

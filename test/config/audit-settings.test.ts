import path from 'node:path';
import { expect, test } from 'vitest';
import { findAuditSettings } from '../../src/config/audit-settings.js';
import { verifies } from '../requirements.js';
import { folderWith, mistakesOf, pathsIn } from './check-yaml.js';

verifies('audit:anchor:remote');

function settingsOf(audit: string): ReturnType<typeof findAuditSettings> {
  const folder = folderWith({ 'guard.yaml': `version: '1'\naudit: ${audit}\n` });
  return findAuditSettings({ cwd: folder, env: {}, paths: pathsIn(folder), configFile: 'guard.yaml' });
}

test('a secret of the webhook that is set for the guards only keeps nobody from reading the log', async () => {
  const { path: log } = await settingsOf(
    "{ path: other.jsonl, anchor: { webhook: { url: 'https://a.example/', secret: '${NOT_SET_HERE}' } } }",
  );
  expect(path.basename(log)).toBe('other.jsonl');
});

test('a mistake in the rest of the section is told', async () => {
  await expect(settingsOf('{ path: 3 }')).rejects.toMatchObject({ code: 'config-invalid' });
});

test.each([
  ['{}', 'at least one of file, syslog and webhook'],
  ['{ syslog: logs.example }', 'udp://host:port'],
  ["{ webhook: { url: 'http://logs.example/' } }", 'https://'],
  ["{ webhook: { url: 'https://me:pw@logs.example/' } }", 'without user and password'],
  ["{ webhook: { url: 'https://a.example/', secret: short } }", '16 characters'],
])('the anchor %s is refused', (anchor, said) => {
  const mistakes = mistakesOf(`version: '1'\naudit: { anchor: ${anchor} }\n`);
  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toContain(said);
});

test.each(["{ webhook: { url: 'http://127.0.0.1:8080/x' } }", "{ syslog: 'tcp://[::1]:601' }"])(
  'the anchor %s is taken',
  (anchor) => {
    expect(mistakesOf(`version: '1'\naudit: { anchor: ${anchor} }\n`)).toEqual([]);
  },
);

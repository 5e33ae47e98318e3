import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { type Environment, guardPaths } from '../../src/platform/paths.js';

const HOME = homedir();

test.each<[string, NodeJS.Platform, Environment, string, string, string]>([
  ['Linux', 'linux', {}, '/etc/guard/guard.yaml', `${HOME}/.config/guard`, `${HOME}/.local/state/guard`],
  [
    'Linux with XDG folders',
    'linux',
    { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' },
    '/etc/guard/guard.yaml',
    '/c/guard',
    '/s/guard',
  ],
  [
    'empty and relative folders do not count',
    'linux',
    { XDG_CONFIG_HOME: '', XDG_STATE_HOME: 'state' },
    '/etc/guard/guard.yaml',
    `${HOME}/.config/guard`,
    `${HOME}/.local/state/guard`,
  ],
  [
    'macOS',
    'darwin',
    { XDG_CONFIG_HOME: '/c' },
    '/Library/Application Support/guard/guard.yaml',
    '/c/guard',
    `${HOME}/.local/state/guard`,
  ],
])('%s', (_name, platform, env, system, user, state) => {
  expect(guardPaths(env, platform)).toEqual({
    systemConfigFile: system,
    userConfigDir: user,
    stateDir: state,
    auditFile: `${state}/audit.jsonl`,
  });
});

test('Windows uses its own folders', () => {
  const paths = guardPaths({ PROGRAMDATA: '/pd', APPDATA: '/roaming', LOCALAPPDATA: '/local' }, 'win32');
  expect(paths).toEqual({
    systemConfigFile: '/pd/guard/guard.yaml',
    userConfigDir: '/roaming/guard',
    stateDir: '/local/guard',
    auditFile: '/local/guard/audit.jsonl',
  });
  expect(guardPaths({}, 'win32').userConfigDir).toBe(`${HOME}/AppData/Roaming/guard`);
});

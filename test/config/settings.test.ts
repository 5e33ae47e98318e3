import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CLIENT_FRAME_BYTES_MAX,
  REQUEST_TIMEOUT_MS,
  SERVER_FRAME_BYTES_MAX,
} from '../../src/platform/bounds.js';
import type { ConfigSource } from '../../src/config/schema.js';
import { mergeSettings } from '../../src/config/settings.js';
import type { Settings } from '../../src/config/settings.js';
import { pathsIn } from './check-yaml.js';

const paths = pathsIn('/guard');

function merged(
  system: Omit<ConfigSource, 'version'> | undefined,
  user: Omit<ConfigSource, 'version'> | undefined,
): Settings {
  return mergeSettings(
    [
      ...(system === undefined
        ? []
        : [{ layer: 'system', file: '/etc/guard/guard.yaml', config: { version: '1', ...system } } as const]),
      ...(user === undefined
        ? []
        : [{ layer: 'user', file: '/home/u/guard.yaml', config: { version: '1', ...user } } as const]),
    ],
    paths,
  );
}

test('defaults, which are the bounds of the program', () => {
  expect(merged(undefined, undefined)).toEqual({
    environment: undefined,
    denials: 'result',
    audit: {
      path: paths.auditFile,
      onError: 'deny',
      fsync: 'interval',
      logArguments: false,
      includeResponses: false,
      rotate: { maxBytes: 256 * 1024 * 1024, maxAgeMs: undefined },
      redact: { paths: [], off: new Set() },
      anchor: {},
      retentionMs: 90 * 86_400_000,
      sinks: [{ type: 'file' }],
    },
    relay: {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      clientFrameBytesMax: CLIENT_FRAME_BYTES_MAX,
      serverFrameBytesMax: SERVER_FRAME_BYTES_MAX,
    },
    selfProtection: { enabled: true, paths: [] },
    log: { level: 'info', format: 'text' },
    upstreams: [],
    sections: {},
    approval: {
      defaults: { timeoutMs: 300_000, onTimeout: 'deny', channels: ['client', 'terminal', 'dashboard'] },
      channels: [
        { name: 'client', kind: 'client', notifiesOnly: false, countsUnsigned: false },
        { name: 'terminal', kind: 'terminal', notifiesOnly: false, countsUnsigned: false },
        { name: 'dashboard', kind: 'dashboard', notifiesOnly: false, countsUnsigned: false },
      ],
      approvers: [],
      retryWindowMs: 600_000,
      waitingTimes: [],
    },
  });
});

describe('what the system states holds, and the user can only tighten it', () => {
  const rows: readonly (readonly [
    what: string,
    system: Omit<ConfigSource, 'version'>,
    user: Omit<ConfigSource, 'version'>,
    pick: (s: Settings) => unknown,
    expected: unknown,
  ])[] = [
    [
      'on_error deny',
      { audit: { on_error: 'deny' } },
      { audit: { on_error: 'allow' } },
      (s) => s.audit.onError,
      'deny',
    ],
    [
      'on_error allow',
      { audit: { on_error: 'allow' } },
      { audit: { on_error: 'deny' } },
      (s) => s.audit.onError,
      'deny',
    ],
    ['on_error unstated', {}, { audit: { on_error: 'allow' } }, (s) => s.audit.onError, 'allow'],
    [
      'fsync',
      { audit: { fsync: 'interval' } },
      { audit: { fsync: 'off' } },
      (s) => s.audit.fsync,
      'interval',
    ],
    [
      'fsync tightened',
      { audit: { fsync: 'off' } },
      { audit: { fsync: 'always' } },
      (s) => s.audit.fsync,
      'always',
    ],
    [
      'path',
      { audit: { path: '/var/log/g' } },
      { audit: { path: 'mine' } },
      (s) => s.audit.path,
      '/var/log/g',
    ],
    ['path of the user', {}, { audit: { path: 'mine' } }, (s) => s.audit.path, path.resolve('/home/u/mine')],
    [
      'retention',
      { audit: { retention: '30d' } },
      { audit: { retention: '1d' } },
      (s) => s.audit.retentionMs,
      30 * 86_400_000,
    ],
    [
      'rotate',
      { audit: { rotate: { max_size: '1GB' } } },
      { audit: { rotate: { max_size: 65_536, max_age: '1d' } } },
      (s) => s.audit.rotate,
      { maxBytes: 1e9, maxAgeMs: 86_400_000 },
    ],
    [
      'rotate, left to others',
      {},
      { audit: { rotate: { max_size: 'off' } } },
      (s) => s.audit.rotate,
      { maxBytes: undefined, maxAgeMs: undefined },
    ],
    [
      'log_arguments',
      { audit: { log_arguments: false } },
      { audit: { log_arguments: true } },
      (s) => s.audit.logArguments,
      false,
    ],
    [
      'frame',
      { relay: { max_client_frame: '1MiB' } },
      { relay: { max_client_frame: '2MiB' } },
      (s) => s.relay.clientFrameBytesMax,
      1024 ** 2,
    ],
    [
      'timeout',
      { relay: { request_timeout: '1h' } },
      { relay: { request_timeout: '5s' } },
      (s) => s.relay.requestTimeoutMs,
      5000,
    ],
    [
      'sinks',
      { audit: { sinks: [{ type: 'file' }] } },
      { audit: { sinks: [{ type: 'stdout' }, { type: 'file' }] } },
      (s) => s.audit.sinks,
      [{ type: 'file' }, { type: 'stdout' }],
    ],
    [
      'self-protection',
      { self_protection: { enabled: true } },
      { self_protection: { enabled: false } },
      (s) => s.selfProtection.enabled,
      true,
    ],
    [
      'self-protection of the user',
      {},
      { self_protection: { enabled: false, paths: ['a'] } },
      (s) => s.selfProtection,
      { enabled: false, paths: [path.resolve('/home/u/a')] },
    ],
    [
      'approvers',
      { approval: { approvers: [] } },
      { approval: { approvers: [{ name: 'me', public_key: 'k' }] } },
      (s) => s.sections.approval,
      { approvers: [] },
    ],
    [
      'approvers that only the user names',
      { approval: { timeout: '1m' } },
      { approval: { timeout: '2m', approvers: [{ name: 'me', public_key: 'k' }] } },
      (s) => [s.approval.defaults.timeoutMs, s.approval.approvers],
      [60_000, [{ name: 'me', public_key: 'k' }]],
    ],
    [
      'approvers that the system names',
      { approval: { approvers: [{ name: 'root', public_key: 'k' }] } },
      { approval: { approvers: [{ name: 'me', public_key: 'k' }] } },
      (s) => s.approval.approvers,
      [{ name: 'root', public_key: 'k' }],
    ],
    ['log', { log: { level: 'error' } }, { log: { level: 'debug' } }, (s) => s.log.level, 'debug'],
  ];
  for (const [what, system, user, pick, expected] of rows) {
    test(what, () => expect(pick(merged(system, user))).toEqual(expected));
  }
});

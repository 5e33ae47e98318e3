import { expect, test } from 'vitest';
import { type HealthParts, readinessOf, type UpstreamHealth } from '../../../src/gateway/operate/health.js';
import { verifies } from '../../requirements.js';

verifies('operate:readyz');

function upstream(state: UpstreamHealth['state'], isEager = false): UpstreamHealth {
  return { name: 'files', state, trouble: 'exited with code 3', isEager };
}

const CALM: HealthParts = { upstreams: [], parts: { audit: null }, isClosing: false };

test.each<[string, Partial<HealthParts>, boolean, string]>([
  ['nothing is configured', {}, true, 'ready'],
  ['a server is up', { upstreams: [upstream('ready', true)] }, true, 'ready'],
  ['a server starts with its first call', { upstreams: [upstream('idle')] }, true, 'ready'],
  ['that first call came', { upstreams: [upstream('starting')] }, true, 'ready'],
  [
    'a server that is started with guard is not up yet',
    { upstreams: [upstream('starting', true)] },
    false,
    'unready',
  ],
  ['a server was lost', { upstreams: [upstream('waiting')] }, false, 'unready'],
  ['a server fails each time', { upstreams: [upstream('broken')] }, false, 'unready'],
  ['a server was stopped', { upstreams: [upstream('stopped')] }, false, 'unready'],
  ['records cannot be written', { parts: { audit: 'no space' } }, false, 'unready'],
  ['guard is ending', { isClosing: true }, false, 'closing'],
])('%s', (_what, changes, isReady, status) => {
  const readiness = readinessOf({ ...CALM, ...changes });
  expect(readiness.isReady).toBe(isReady);
  expect(JSON.parse(readiness.document(false))).toMatchObject({ status });
});

test('who is not on this machine learns names and states only', () => {
  const readiness = readinessOf({
    upstreams: [upstream('broken')],
    parts: { audit: 'no space' },
    isClosing: false,
  });
  expect(readiness.document(false)).not.toMatch(/exited|no space/);
  expect(JSON.parse(readiness.document(false))).toEqual({
    status: 'unready',
    unready: ['files'],
    upstreams: { files: { state: 'broken' } },
    parts: { audit: 'failing' },
  });
  expect(readiness.document(true)).toMatch(/exited with code 3.*no space/);
});

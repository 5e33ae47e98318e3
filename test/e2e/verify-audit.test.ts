import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { ROOT } from '../support/built-guard.js';

verifies('audit:verify:alone');

test('the stand-alone verifiers and guard agree on the example’s logs', () => {
  const script = path.join(ROOT, 'examples/verify-audit/run.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(`${stdout}${stderr}`).toContain('all verifiers agree');
  expect(status).toBe(0);
});

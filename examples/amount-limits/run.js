// Policy in a pipeline: `guard check` finds mistakes, `guard explain` says which rule decides and why.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, guard, say, stage } from '../support.js';

const policy = path.join(path.dirname(fileURLToPath(import.meta.url)), 'guard.yaml');
const { env, folder, clear } = stage();
const run = (...words) =>
  spawnSync(process.execPath, [guard, ...words], { env, cwd: folder, encoding: 'utf8' });

const check = run('check', policy);
say(check.stdout);
assert.equal(check.status, 0, check.stdout + check.stderr);

const cases = [
  [{ amount: 50, currency: 'EUR' }, 'allow'],
  [{ amount: 100.01, currency: 'EUR' }, 'deny'],
  // A text where a number belongs cannot be judged, so the strict reading counts.
  [{ amount: '5000', currency: 'USD' }, 'deny'],
  [{ currency: 'USD' }, 'deny'],
  [{ amount: 5000, currency: 'JPY' }, 'allow'],
];
for (const [args, effect] of cases) {
  const words = [
    'explain',
    '--config',
    policy,
    '--server',
    'billing',
    '--tool',
    'refund',
    '--args',
    JSON.stringify(args),
    '--json',
  ];
  const explained = run(...words);
  assert.equal(explained.status, 0, explained.stderr);
  const { decision } = JSON.parse(explained.stdout);
  say(`${JSON.stringify(args)}: ${decision.effect}`);
  assert.equal(decision.effect, effect);
}
clear();

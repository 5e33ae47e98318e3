// Many sessions that end in every way, and many kills: npx tsx test/e2e/endings-soak.ts [runs] [seed]
import { randomFrom } from '../support/random.js';
import { withSandbox } from '../support/use-sandbox.js';
import { endingCases } from './endings.js';
import { killAtRandom } from './kills.js';

const runs = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) throw new Error('expected [runs] [seed]');
const KILLS = 20;
const AT_ONCE = 3;

const random = randomFrom(seed);
const cases = endingCases();
const shuffled = Array.from({ length: Math.ceil(runs / cases.length) }, () => random.shuffled(cases)).flat();
const kills = Array.from({ length: Math.max(KILLS, Math.floor(runs / 5)) }, (_, index) => ({
  title: `SIGKILL, seed ${seed + index}`,
  run: killAtRandom,
  seed: seed + index,
}));
const work = [...shuffled.slice(0, runs).map((ending) => ({ ...ending, seed })), ...kills];
let passed = 0;
const failures: string[] = [];

process.on('warning', (warning) => failures.push(`process warning: ${String(warning)}`));
await Promise.all(Array.from({ length: AT_ONCE }, worker));
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.stdout.write(
  `${passed} passed, ${failures.length} failed (seed ${seed}, ${cases.length} combinations)\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

async function worker(): Promise<void> {
  for (let item = work.shift(); item !== undefined; item = work.shift()) {
    const { title, run, seed: own } = item;
    try {
      await withSandbox((sandbox) => run(sandbox, own));
      passed += 1;
    } catch (error) {
      failures.push(`${title}: ${String(error)}`);
    }
  }
}

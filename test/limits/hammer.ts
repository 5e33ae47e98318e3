// Many processes on one ledger, and kills at random moments: npx tsx test/limits/hammer.ts [seconds] [processes] [seed]
import { hammer, killHammerers } from './hammering.js';

const seconds = Number(process.argv[2] ?? 30);
const processes = Number(process.argv[3] ?? 8);
const seed = Number(process.argv[4] ?? Date.now() % 1_000_000);
if (!(seconds > 0) || !Number.isInteger(processes) || processes < 1 || !Number.isInteger(seed)) {
  throw new Error('expected [seconds] [processes] [seed]');
}
const KILLS = 200;

const calls = await hammer('calls', '10000', seconds, processes, seed);
if (calls.allowed !== 10_000) throw new Error(`${calls.allowed} of 10,000 calls were allowed`);
process.stdout.write(`calls: ${calls.allowed} allowed of 10,000, the ledger counts ${calls.used}\n`);
const budget = await hammer('budget', '1000.00', seconds, processes, seed);
process.stdout.write(`budget: ${budget.allowed} calls kept, the ledger counts ${budget.used} of 1000.00\n`);
const kills = await killHammerers(KILLS, seed);
process.stdout.write(
  `kills: ${KILLS} SIGKILLs, ${kills.allowed} calls were told to pass, the ledger counts ${kills.used} (seed ${seed})\n`,
);

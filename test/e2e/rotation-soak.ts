import { Sandbox } from '../support/sandbox.js';
import { rotateAndKill, ROTATING } from './rotation-kills.js';

const [rounds = '50', seed = '1'] = process.argv.slice(2);
const sandbox = new Sandbox(ROTATING);
try {
  const report = await rotateAndKill(sandbox, Number(rounds), Number(seed));
  process.stdout.write(`${rounds} rounds, no false alarm: ${JSON.stringify(report)}\n`);
} finally {
  await sandbox.close();
}

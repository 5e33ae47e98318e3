import { tamperTrials, untouchedTrials } from './trials.js';

const [count = '1000', seed = '1'] = process.argv.slice(2);
const reports = {
  changed: await tamperTrials(Number(count), Number(seed)),
  untouched: await untouchedTrials(Number(count), Number(seed)),
};
for (const [name, { runs, byKind, troubles }] of Object.entries(reports)) {
  process.stdout.write(
    `${name}: ${runs} logs ${JSON.stringify(byKind)}, ${troubles.length} judged wrongly\n`,
  );
  for (const trouble of troubles.slice(0, 10)) process.stdout.write(`  ${trouble.slice(0, 1500)}\n`);
}
process.exitCode = Object.values(reports).some(({ troubles }) => troubles.length > 0) ? 1 : 0;

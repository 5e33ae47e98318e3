import { parseArgs } from 'node:util';
import { FORMATS, fuzzClients } from './fuzz.js';

const { values } = parseArgs({
  options: { files: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const files = Number(values.files);
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x1_0000_0000) : Number(values.seed);
if (!Number.isSafeInteger(files) || !Number.isSafeInteger(seed)) {
  console.error('usage: npx tsx test/clients/fuzz/run.ts [--files N] [--seed N]');
  process.exit(2);
}

console.log(`seed ${seed}, ${files} files of each format, and a damaged copy of each`);
let failed = 0;
for (const format of FORMATS) {
  const started = performance.now();
  const report = fuzzClients(format, files, seed);
  const seconds = Math.round((performance.now() - started) / 1000);
  const { wrapped, refusedEntries, refusedFiles, broken, findings } = report;
  const whole = [...refusedFiles.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${format}: ${wrapped} servers wrapped and restored, ${refusedEntries} refused, ${whole} files refused;` +
      ` damaged: ${broken.refused} refused, ${broken.fine} still well-formed (${seconds} s)`,
  );
  for (const [why, count] of refusedFiles) console.log(`  ${count} × ${why}`);
  for (const { index, what, text } of findings)
    console.log(`\nVIOLATION seed ${seed} file ${index}: ${what}\n${text}\n`);
  // A fuzzer whose files are refused tests nothing.
  failed += findings.length + (wrapped < files / 2 || whole > files / 10 ? 1 : 0);
}
console.log(failed === 0 ? 'passed' : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

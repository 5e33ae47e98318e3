import { parseArgs } from 'node:util';
import { GuardDoor } from './doors.js';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '1000000' }, seed: { type: 'string' } },
});
const lines = Number(values.lines);
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x1_0000_0000) : Number(values.seed);
if (!Number.isSafeInteger(lines) || !Number.isSafeInteger(seed)) {
  console.error('usage: npx tsx test/fuzz/run.ts [--lines N] [--seed N]');
  process.exit(2);
}

console.log(`seed ${seed}, ${lines} lines`);
const started = performance.now();
const report = fuzz({
  seed,
  lines,
  door: new GuardDoor(),
  violationsMax: 5,
  progress: (done) => console.log(`${done} lines, ${rate(done)} per second`),
});

console.log(`\n${report.lines} lines, ${rate(report.lines)} per second`);
const share = ((report.forwarded / report.lines) * 100).toFixed(1);
console.log(
  `forwarded: ${report.forwarded} (${share} %), calls judged: ${report.judged} passed, ${report.denied} denied`,
);
console.log('refused:');
for (const [reason, count] of [...report.refusals].sort(([, left], [, right]) => right - left)) {
  console.log(`  ${reason.padEnd(20)} ${count}`);
}
for (const finding of report.findings) {
  console.log(`\nVIOLATION seed ${finding.seed} line ${finding.index}, read by: ${finding.model}`);
  console.log(`  line   ${finding.line}`);
  console.log(`  runs   ${JSON.stringify(finding.seen)}`);
  console.log(`  judged ${JSON.stringify(finding.judged)}`);
}
if (report.forwarded * 10 < report.lines)
  console.log('\nfewer than 10 % were forwarded: the fuzzer tests too little');
const failed = report.findings.length + (report.forwarded * 10 < report.lines ? 1 : 0);
console.log(`\n${report.lines - report.findings.length} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function rate(done: number): number {
  return Math.round(done / ((performance.now() - started) / 1000));
}

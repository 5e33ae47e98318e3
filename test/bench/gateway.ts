// The gateway next to a bare bridge: npm run bench:gateway -- [--quick] [--self]
// Writes its part of docs/performance.md. With --quick it makes fewer rounds, for a look; with --self it
// measures the bridge against the bridge, which shows what the bench itself adds or hides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  bigResults,
  callFigures,
  type GatewayFindings,
  memory,
  type Programs,
  readyTime,
} from './gateway-measures.js';
import { bridge, guard } from './gateway-program.js';
import { gatewayReport } from './gateway-report.js';
import { LoadProcess } from './load-process.js';
import { writeSections } from './performance-page.js';

const quick = process.argv.includes('--quick');
const self = process.argv.includes('--self');
const folder = mkdtempSync(path.join(tmpdir(), 'guard-bench-'));
const programs: Programs = { bridge, guard: self ? bridge : guard(folder) };
const load = new LoadProcess();
try {
  const sets = quick ? 3 : 12;
  const findings: GatewayFindings = {
    readyMs: await readyTime(load, programs, quick ? 5 : 21),
    legacy: await callFigures(load, programs, 'legacy', sets),
    modern: await callFigures(load, programs, 'modern', sets),
    big: await bigResults(load, programs, 20),
    ...(await memory(load, programs, quick ? 10_000 : 100_000)),
  };
  const text = gatewayReport(findings);
  process.stdout.write(text);
  if (!quick && !self) writeSections(text);
} finally {
  load.close();
  rmSync(folder, { recursive: true, force: true });
}

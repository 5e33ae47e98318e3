// The conformance suite against guard: npm run conformance -- [TARGET …] [--verbose]
// Every target is compared with what the fixture passes alone, in the same run. Without a target: all that
// begin with guard, and the client scenarios (`clients`), in which a client goes through guard to the suite's
// server; the bare bridges show that the fixture can pass behind something.
import path from 'node:path';
import { broken, compare, type Compared } from './compare.js';
import { CLIENT_SCENARIOS, NOT_THROUGH_GUARD, ROUTES, type Route } from './client-scenarios.js';
import { REVISIONS, runClientScenario, runSuite, type Revision, type ScenarioResult } from './suite.js';
import { DIRECT, type TargetKind, TARGETS } from './targets.js';

const words = process.argv.slice(2);
const verbose = words.includes('--verbose');
const CLIENTS = 'clients';
const names = words.filter((word) => !word.startsWith('--'));
const wanted =
  names.length === 0
    ? Object.keys(TARGETS).filter((name) => name.startsWith('guard'))
    : names.filter((name) => name !== 'direct' && name !== CLIENTS);
const unknown = wanted.filter((name) => !(name in TARGETS));
if (unknown.length > 0) {
  throw new Error(
    `unknown target ${unknown.join(', ')}: expected direct, ${CLIENTS}, ${Object.keys(TARGETS).join(', ')}`,
  );
}

let passed = 0;
let failed = 0;

const onlyClients = names.length > 0 && names.every((name) => name === CLIENTS);
const direct = onlyClients ? new Map<Revision, ScenarioResult[]>() : await runTarget(DIRECT);
for (const [revision, results] of direct) {
  say(`direct, ${revision}: ${sums(results)}`);
  for (const { scenario, troubles } of broken(results)) fail(`direct ${revision} ${scenario}`, troubles);
  passed += results.filter(({ required, failed: red }) => required && red === 0).length;
}
for (const name of wanted) await runOne(name, TARGETS[name] as TargetKind);
if (names.length === 0 || names.includes(CLIENTS))
  for (const revision of REVISIONS) await runClients(revision);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A client alone, then the same one behind guard: what it passes alone it must pass there. */
async function runClients(revision: Revision): Promise<void> {
  say(`\nclients, ${revision} (not through guard: ${NOT_THROUGH_GUARD.join(', ')})`);
  const alone = await clientResults('direct', revision);
  for (const { scenario, troubles } of alone.filter((result) => result.failed > 0))
    fail(`direct client ${revision} ${scenario}`, troubles);
  for (const route of ROUTES.filter((one) => one !== 'direct')) {
    const behind = await clientResults(route, revision);
    say(`  ${route}: ${sums(behind)}`);
    const compared = compare(alone, behind, { also: CLIENT_SCENARIOS[revision] });
    for (const row of compared) tell(`client-${route}`, revision, row);
    passed += compared.filter(({ outcome }) => outcome === 'same').length;
  }
}

async function clientResults(route: Route, revision: Revision): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const program = path.join(import.meta.dirname, 'client.ts');
  const command = `${process.execPath} --import tsx ${program} ${route}`;
  for (const scenario of CLIENT_SCENARIOS[revision])
    results.push(await runClientScenario(command, scenario, revision));
  return results;
}

async function runOne(name: string, kind: TargetKind): Promise<void> {
  const begin = performance.now();
  say(`\n${name}: ${kind.title}`);
  let results: Map<Revision, ScenarioResult[]>;
  try {
    results = await runTarget(kind);
  } catch (error) {
    fail(`${name} did not start`, [String(error)]);
    return;
  }
  for (const [revision, behind] of results) {
    const compared = compare(direct.get(revision) ?? [], behind, kind);
    say(`  ${revision}: ${sums(behind)}`);
    for (const row of compared) tell(name, revision, row);
    passed += compared.filter(({ outcome }) => outcome === 'same').length;
  }
  say(`  ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/**
 * The suite's results. It gives each scenario ten seconds, which a shared machine does not always have:
 * one that did not complete is tried once more, and that is said.
 */
async function completed(url: string, revision: Revision): Promise<ScenarioResult[]> {
  const first = await runSuite(url, revision);
  const late = first.filter(({ troubles }) => troubles.some((text) => text.includes('scenario-timeout')));
  if (late.length === 0) return first;
  say(
    `  ${revision}: tried again, not completed in time: ${late.map(({ scenario }) => scenario).join(', ')}`,
  );
  const second = new Map((await runSuite(url, revision)).map((result) => [result.scenario, result]));
  return first.map((result) => (late.includes(result) ? (second.get(result.scenario) ?? result) : result));
}

async function runTarget(kind: TargetKind): Promise<Map<Revision, ScenarioResult[]>> {
  const results = new Map<Revision, ScenarioResult[]>();
  const target = await kind.start();
  try {
    for (const revision of kind.revisions) results.set(revision, await completed(target.url, revision));
  } finally {
    await target.close();
  }
  return results;
}

function tell(name: string, revision: string, row: Compared): void {
  if (row.outcome === 'lost') return fail(`${name} ${revision} ${row.scenario}`, row.troubles);
  const fewer = row.direct !== row.target && row.outcome !== 'neither';
  if (!fewer && !verbose) return;
  say(`    ${row.outcome.padEnd(8)} ${row.scenario}: alone ${row.direct}, here ${row.target}`);
  if (fewer) for (const trouble of row.troubles) say(`             ${trouble.slice(0, 300)}`);
}

function fail(title: string, troubles: readonly string[]): void {
  failed += 1;
  say(`    FAILED   ${title}`);
  for (const trouble of troubles) say(`             ${trouble.slice(0, 300)}`);
}

function sums(results: readonly ScenarioResult[]): string {
  const total = (pick: 'passed' | 'failed'): number => results.reduce((sum, result) => sum + result[pick], 0);
  const required = results.filter((result) => result.required);
  const green = required.filter((result) => result.failed === 0).length;
  return `${green} of ${required.length} required scenarios; checks ${total('passed')} passed, ${total('failed')} failed`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

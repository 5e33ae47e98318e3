import { SHUTDOWN_CLOSE_MS } from '../../src/platform/bounds.js';
import { eventually, PATIENCE_MS, within } from '../support/eventually.js';
import type { Sandbox } from '../support/sandbox.js';
import type { End, Spawned } from '../support/spawned.js';
import { ROOT, serverFile } from '../support/built-guard.js';
import { type BadServer, BAD_SERVERS, codeWhenStopped, ENDING_SERVERS } from './bad-servers.js';

/** How a session ends. The names say who acts. */
const ENDINGS = [
  'client closes stdin',
  'client is gone',
  'guard gets SIGTERM',
  'guard gets SIGINT',
  'guard gets SIGHUP, then client closes stdin',
  "guard's parent is killed",
  'server exits with 0',
  'server exits with 3',
  'server is killed',
  'server closes its stdout',
] as const;
type Ending = (typeof ENDINGS)[number];

/** One combination: a server, and what happens to the session. */
export interface EndingCase {
  readonly title: string;
  run(sandbox: Sandbox): Promise<void>;
}

/** Ids that a session uses: guard must tell a number from the same text. */
const IDS = [1, 2, '3', 'call', 5] as const;
const TOLD_TO_SERVER = new Set<Ending>([
  'server exits with 0',
  'server exits with 3',
  'server closes its stdout',
]);

/** Every ending with every server that it makes sense for. */
export function endingCases(): EndingCase[] {
  const stopped = BAD_SERVERS.flatMap((server) =>
    ENDINGS.filter((ending) => makesSense(server, ending)).map((ending) => ({
      title: `${server.name}: ${ending}`,
      run: (sandbox: Sandbox) => runEnding(sandbox, server, ending),
    })),
  );
  const byItself = ENDING_SERVERS.map(({ name, code }) => ({
    title: `${name}: by itself`,
    run: (sandbox: Sandbox) => runToItsEnd(sandbox, name, code),
  }));
  return [...stopped, ...byItself];
}

function makesSense(server: BadServer, ending: Ending): boolean {
  if (TOLD_TO_SERVER.has(ending) && !server.obeys) return false;
  // A stdout that a grandchild holds is not closed by the server's own end of it.
  return ending !== 'server closes its stdout' || server.name !== 'forks-grandchild';
}

async function runEnding(sandbox: Sandbox, server: BadServer, ending: Ending): Promise<void> {
  const hasParent = ending === "guard's parent is killed";
  const through = hasParent ? [process.execPath, `${ROOT}/test/fixtures/parent.js`] : [];
  const guard = sandbox.guard({ server: server.name, through });
  askEverything(guard);
  await guard.told('ready\n');
  const begin = performance.now();
  await bringAbout(sandbox, guard, server, ending);
  const end = await within(`the end of guard after "${ending}"`, guard.ended);
  const late = performance.now() - begin >= SHUTDOWN_CLOSE_MS;
  await assertNothingRuns(sandbox);
  // Killing the parent leaves no exit code of guard to look at.
  if (!hasParent) assertEnd(end, expectedCodes(server, ending, late));
  if (ending !== 'client is gone') assertAnswers(guard);
  assertOutcomes(sandbox);
}

async function runToItsEnd(sandbox: Sandbox, server: string, code: number): Promise<void> {
  const guard = sandbox.guard({ server });
  askEverything(guard);
  assertEnd(await within('the end of guard', guard.ended), [code]);
  await assertNothingRuns(sandbox);
  assertAnswers(guard);
  assertOutcomes(sandbox);
}

function askEverything(guard: Spawned): void {
  const [initialize, list, ping, call, read] = IDS;
  guard.say(
    { id: initialize, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } },
    { id: list, method: 'tools/list' },
    { id: ping, method: 'ping' },
    { id: call, method: 'tools/call', params: { name: 'echo', arguments: {} } },
    { id: read, method: 'resources/read', params: { uri: 'file:///a' } },
  );
}

async function bringAbout(
  sandbox: Sandbox,
  guard: Spawned,
  server: BadServer,
  ending: Ending,
): Promise<void> {
  const tellServer = (signal: NodeJS.Signals): void => {
    const file = serverFile(server.name);
    const found = sandbox
      .processes()
      .find(({ command }) => command.startsWith(`${process.execPath} ${file}`));
    if (found !== undefined) process.kill(found.pid, signal);
  };
  switch (ending) {
    case 'client closes stdin':
      return guard.closeStdin();
    case 'client is gone':
      guard.child.stdout.destroy();
      guard.child.stderr.destroy();
      return guard.closeStdin();
    case 'guard gets SIGTERM':
      return void process.kill(guard.pid, 'SIGTERM');
    case 'guard gets SIGINT':
      return void process.kill(guard.pid, 'SIGINT');
    case 'guard gets SIGHUP, then client closes stdin':
      // Guard's own answers to such a line show that it is up, and that it lives on.
      guard.send('no message\n');
      await guard.answer(null);
      process.kill(guard.pid, 'SIGHUP');
      guard.send('no message\n');
      await eventually('a second refusal', () => guard.answers(null).length === 2);
      return guard.closeStdin();
    case "guard's parent is killed":
      return void process.kill(guard.pid, 'SIGKILL');
    case 'server exits with 0':
      return tellServer('SIGALRM');
    case 'server exits with 3':
      return tellServer('SIGUSR2');
    case 'server is killed':
      return tellServer('SIGKILL');
    case 'server closes its stdout':
      return tellServer('SIGVTALRM');
  }
}

/** A server that ends by itself but not within its time, as on a loaded machine, is told to by a signal. */
function expectedCodes(server: BadServer, ending: Ending, late: boolean): readonly number[] {
  if (ending === 'server exits with 0') return [0];
  if (ending === 'server exits with 3') return [3];
  if (ending === 'server is killed') return [137];
  const code = codeWhenStopped(server);
  return late && server.onStop === 'ends' ? [code, 143] : [code];
}

function assertEnd(end: End, codes: readonly number[]): void {
  if (end.code === null || !codes.includes(end.code))
    throw new Error(`expected exit code ${codes.join(' or ')}, got ${JSON.stringify(end)}`);
}

async function assertNothingRuns(sandbox: Sandbox): Promise<void> {
  await eventually('the end of the process tree', () => sandbox.processes().length === 0, PATIENCE_MS / 4);
}

/** Each request has one answer, whatever the server did, and nothing else came but what a server may send. */
function assertAnswers(guard: Spawned): void {
  for (const id of IDS) {
    const count = guard.answers(id).length;
    if (count !== 1) throw new Error(`expected one answer to ${JSON.stringify(id)}, got ${count}`);
  }
  const known: readonly unknown[] = [...IDS, null];
  const strange = guard.messages().filter(({ id, method }) => method === undefined && !known.includes(id));
  if (strange.length > 0) throw new Error(`answers to nothing: ${JSON.stringify(strange)}`);
}

/** The log says of each request of the client how it ended, once. */
function assertOutcomes(sandbox: Sandbox): void {
  const records = sandbox.records();
  for (const record of records) {
    if (record.type !== 'decision' || record.direction !== 'client-to-server') continue;
    const ends = records.filter(
      (other) => other.type === 'outcome' && other.request_id === record.request_id,
    );
    if (ends.length !== 1) throw new Error(`${record.method} has ${ends.length} outcomes in the log`);
  }
}

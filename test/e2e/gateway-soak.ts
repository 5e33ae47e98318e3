// A long run of the gateway with servers killed, clients gone and policies reloaded:
//   npm run soak:gateway -- SECONDS SEED [--bridge]
// With --bridge the bare bridge stands in for guard, without kills and reloads: it shows that the soak is sound.
import { within } from '../support/eventually.js';
import { randomFrom } from '../support/random.js';
import type { Sandbox } from '../support/sandbox.js';
import { withSandbox } from '../support/use-sandbox.js';
import { bridgeSubject, guardSubject, type Subject } from './soak-subject.js';
import { callWithoutRest, leave, probe, SoakCount } from './soak-load.js';
import { grown, type Vitals, vitalsOf } from './soak-vitals.js';

const words = process.argv.slice(2);
const [seconds = 600, seed = Date.now() % 1_000_000] = words
  .filter((word) => !word.startsWith('--'))
  .map(Number);
const random = randomFrom(seed);
const KILL_MS = 5000;
const LEAVE_MS = 1000;
const RELOAD_MS = 3000;
/** Of each era: enough to keep several calls under way in each server. */
const CLIENTS = 4;
const REST_MS = 60_000;
/** Calls that meet a server that was just killed are told so; most calls meet none. */
const RIGHT_SHARE_MIN = 0.5;

let passed = 0;
const failures: string[] = [];
await withSandbox(async (sandbox) => {
  const subject = await (words.includes('--bridge') ? bridgeSubject(sandbox) : guardSubject(sandbox));
  try {
    await soak(sandbox, subject);
  } finally {
    await subject.close();
  }
});
for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed (seed ${seed}, ${seconds} s)\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function soak(sandbox: Sandbox, subject: Subject): Promise<void> {
  const vitals = (): Promise<Vitals> => vitalsOf(sandbox, subject.pid, subject.base);
  // What is made once and kept, such as pools, is there before anything is counted.
  await load(subject, new SoakCount(), 2000);
  await probeAll(subject);
  const before = await vitals();

  const count = new SoakCount();
  const stop = disturb(subject, count);
  await load(subject, count, seconds * 1000);
  await stop();
  tellCount(count, before, await vitals());

  check('no wrong answer', count.mistakes.length === 0, count.mistakes.join('\n  '));
  const share = count.right / Math.max(1, count.calls);
  check(
    'most calls were served',
    share >= RIGHT_SHARE_MIN,
    `${(share * 100).toFixed(1)} % of ${count.calls}`,
  );
  check('clients left', count.left > 0, 'none did');
  await recovers(subject);
  await atRest(before, vitals, count.abandoned);
}

/** Clients of both eras at every path until the time is over. */
async function load(subject: Subject, count: SoakCount, timeMs: number): Promise<void> {
  const end = performance.now() + timeMs;
  const over = (): boolean => performance.now() > end;
  const clients = subject.doors.flatMap(({ url, eras }) =>
    eras.flatMap((era) =>
      Array.from({ length: CLIENTS }, (_, index) =>
        callWithoutRest(url, era, `${era}${index}`, count, over).catch((error: unknown) => {
          count.mistake(`a client could not go on: ${String(error)}`);
        }),
      ),
    ),
  );
  await Promise.all(clients);
}

/** Kills, leaves and reloads by the clock; the returned function stops it and waits for what is under way. */
function disturb(subject: Subject, count: SoakCount): () => Promise<void> {
  const underWay = new Set<Promise<void>>();
  const every = (timeMs: number, act: () => Promise<void>): NodeJS.Timeout =>
    setInterval(() => {
      const acting = act().catch((error: unknown) => count.mistake(`a disturbance failed: ${String(error)}`));
      underWay.add(acting);
      void acting.finally(() => underWay.delete(acting));
    }, timeMs);
  const timers = [
    every(LEAVE_MS, () => {
      const { url, eras } = random.pick(subject.leavers);
      return leave(url, random.pick(eras), random, count);
    }),
    ...(subject.kill === null ? [] : [every(KILL_MS, subject.kill)]),
    ...(subject.reload === null ? [] : [every(RELOAD_MS, subject.reload)]),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(underWay);
  };
}

/** After all of it, fresh clients are served and a new policy is obeyed. */
async function recovers(subject: Subject): Promise<void> {
  const trouble = await within('the recovery', eventuallyServed(subject), REST_MS).catch(String);
  check('fresh clients are served', trouble === null, String(trouble));
  if (subject.obeys !== null) {
    const obeyed = await within('the last policy', subject.obeys(), REST_MS).then(
      () => null,
      (error: unknown) => String(error),
    );
    check('the last policy is obeyed', obeyed === null, String(obeyed));
  }
}

async function eventuallyServed(subject: Subject): Promise<null> {
  for (;;) {
    const trouble = await probeAll(subject).catch(String);
    if (trouble === null) return null;
    await rest(200);
  }
}

async function probeAll(subject: Subject): Promise<string | null> {
  for (const { url, eras } of subject.doors) {
    for (const era of eras) {
      const { answer, status } = await probe(url, era, 'echo', 'probe');
      if (answer?.result?.content?.[0]?.text !== 'probe')
        return `${url} ${era}: ${status} ${JSON.stringify(answer)}`;
    }
  }
  return null;
}

/** With nobody connected, nothing of the run is left. */
async function atRest(before: Vitals, vitals: () => Promise<Vitals>, abandoned: number): Promise<void> {
  const end = performance.now() + REST_MS;
  let left: string[];
  do {
    await rest(500);
    left = grown(before, await vitals(), abandoned);
  } while (left.length > 0 && performance.now() < end);
  check('nothing leaked', left.length === 0, left.join('; '));
}

function tellCount(count: SoakCount, before: Vitals, after: Vitals): void {
  const refused = [...count.refused].map(([why, times]) => `${times} × ${why}`).join(', ');
  process.stdout.write(
    `${count.right} calls served, refused: ${refused || 'none'}; ${count.left} clients left, ` +
      `${count.abandoned} of them without ending their session\n` +
      `memory ${before.residentMb.toFixed(0)} MB, then ${after.residentMb.toFixed(0)} MB; ` +
      `gauges watched: ${Object.keys(before.gauges).length}\n`,
  );
}

function check(title: string, holds: boolean, detail: string): void {
  if (holds) passed += 1;
  else failures.push(`${title}: ${detail}`);
}

function rest(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs);
  });
}

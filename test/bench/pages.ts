// What open pages of the dashboard cost the calls: npm run bench:pages -- [--quick] [--self]
// Two gateways run at the same time and are asked in turn; 100 pages are open at one of them. Writes its
// part of docs/performance.md. With --self no page is open at either, which shows the noise.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/gateway-process.js';
import { guard } from './gateway-program.js';
import { LoadProcess, type Order } from './load-process.js';
import { type PageRound, type PagesFindings, pagesReport } from './pages-report.js';
import { writeSections } from './performance-page.js';

const PAGES = 100;
const SECRET = 'correct horse battery staple 0123456789';
const CONNECTIONS = 32;
const WARM_CALLS = 10_000;
const ROUND_CALLS = 10_000;
/** More calls than a page is shown lines, so that every event is full. */
const PACED_PER_SECOND = 150;
const PACED_CALLS = 750;
const READERS = path.join(path.dirname(fileURLToPath(import.meta.url)), 'page-readers.ts');

const isQuick = process.argv.includes('--quick');
const isSelf = process.argv.includes('--self');
const folder = mkdtempSync(path.join(tmpdir(), 'guard-bench-'));
const load = new LoadProcess();
try {
  const sets: PagesFindings[] = [];
  for (let set = 0; set < (isQuick ? 2 : 6); set++) sets.push(await oneSet(isQuick ? 3 : 5));
  const text = pagesReport({
    pages: PAGES,
    full: sets.flatMap(({ full }) => full),
    paced: sets.flatMap(({ paced }) => paced),
  });
  process.stdout.write(text);
  if (!isQuick && !isSelf) writeSections(text);
} finally {
  load.close();
  rmSync(folder, { recursive: true, force: true });
}

interface Side {
  readonly name: 'alone' | 'watched';
  readonly pid: number;
  close(): Promise<void>;
}

/** What is measured over a fresh pair of gateways. */
async function oneSet(count: number): Promise<PagesFindings> {
  const alone = await side('alone', 0);
  const watched = await side('watched', isSelf ? 0 : PAGES);
  const sides = [alone, watched] as const;
  for (const { name } of sides) await load.tell({ op: 'throughput', name, count: WARM_CALLS });
  const full: PageRound[] = [];
  const paced: PageRound[] = [];
  for (let round = 0; round < count; round++) {
    full.push(await inTurn(sides, round, (name) => ({ op: 'throughput', name, count: ROUND_CALLS })));
    const perSecond = PACED_PER_SECOND;
    paced.push(await inTurn(sides, round, (name) => ({ op: 'paced', name, count: PACED_CALLS, perSecond })));
  }
  for (const one of sides) await one.close();
  return { pages: PAGES, full, paced };
}

/** One round at both, every second time the other way round. */
async function inTurn(
  [alone, watched]: readonly [Side, Side],
  round: number,
  order: (name: string) => Order,
): Promise<PageRound> {
  if (round % 2 === 0) return { alone: await asked(alone, order), watched: await asked(watched, order) };
  const second = await asked(watched, order);
  return { alone: await asked(alone, order), watched: second };
}

async function asked({ name, pid }: Side, order: (name: string) => Order): Promise<PageRound['alone']> {
  const before = cpuSeconds(pid);
  const begin = performance.now();
  const { value } = await load.tell(order(name));
  const seconds = (performance.now() - begin) / 1000;
  return { callsPerSecond: value, seconds, cpuSeconds: cpuSeconds(pid) - before };
}

async function side(name: Side['name'], pages: number): Promise<Side> {
  const port = await freePort();
  const dashboard = { port, api_secret: SECRET };
  const program = await guard(folder, { dashboard }, name)('legacy');
  for (let attempt = 0; ; attempt++) {
    try {
      await load.tell({ op: 'open', name, url: program.url, era: 'legacy', connections: CONNECTIONS });
      break;
    } catch (error) {
      if (attempt > 200) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  }
  const readers = pages === 0 ? undefined : await openReaders(`http://127.0.0.1:${port}`, pages);
  return {
    name,
    pid: program.pid,
    close: async () => {
      await readers?.();
      await load.tell({ op: 'close', name });
      await program.close();
    },
  };
}

/** Opens pages; resolves with how they are closed, which fails where they were told nothing. */
async function openReaders(url: string, pages: number): Promise<() => Promise<void>> {
  const words = ['--import', 'tsx', READERS, url, SECRET, String(pages)];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return async () => {
    child.stdin.end();
    const bytes = Number((await lines.next()).value);
    if (!(bytes > pages * 1000)) throw new Error(`${pages} pages were told ${bytes} bytes`);
  };
}

/** Time that all threads of a process have had on a processor, as Linux counts it. */
function cpuSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [onCpu = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      nanoseconds += Number(onCpu);
    } catch {
      // The thread has ended.
    }
  }
  return nanoseconds / 1e9;
}

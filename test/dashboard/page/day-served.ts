import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/built-guard.js';
import { ask, compiled, deny, layer } from '../../policy/support.js';
import { type Served, serving } from '../serving.js';
import { dayLedger, dayLines, dayServers, type Names, PLAIN } from './sample-day.js';

const HOUR_MS = 3_600_000;

/** A served dashboard with a day behind it. */
export interface DayServed {
  readonly served: Served;
  readonly resets: readonly string[];
}

/** The built page over a log of `calls` calls of the last day, two servers and two pots. */
export async function dayServed(
  names: Names = PLAIN,
  calls = 240,
  more: { readonly feedFlushMs?: number } = {},
): Promise<DayServed> {
  const { ledger, resets } = dayLedger(names);
  const rules = [deny({ tool: 'move_file' }, names.rule), ask({ tool: 'write_file' }, 'ask-writes')];
  const served = await serving({
    ...more,
    assets: builtPage(),
    sourceMore: {
      ledger,
      servers: () => dayServers(names),
      policy: () => compiled([layer(rules)]),
    },
  });
  const lines = dayLines(names, calls, Date.now() - 1000, (23 * HOUR_MS) / Math.max(1, calls));
  fs.writeFileSync(served.auditFile, lines.map((line) => `${line}\n`).join(''));
  return { served, resets };
}

/** The folder of the page that the build made. */
export function builtPage(): string {
  const folder = path.join(ROOT, 'dist', 'dashboard');
  if (!fs.existsSync(path.join(folder, 'index.html'))) {
    throw new Error('the built page is not there: run "npm run build" first');
  }
  return folder;
}

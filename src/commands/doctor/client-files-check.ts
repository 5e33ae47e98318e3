import type { Hole } from '../../clients/survey/holes.js';
import { CLIENTS } from '../../clients/table/clients.js';
import { isOverwriting } from '../clients/running-processes.js';
import { type DoctorCheck, type DoctorFinding, fine, problem, warning } from './doctor-check.js';

/** Holes by which something does not work, or was done to a file behind guard's back. */
const GRAVE: ReadonlySet<Hole['kind']> = new Set(['unreadable', 'changed', 'stale', 'lost']);

/** What the files of clients say: who is guarded, which holes there are, who would write over an edit. */
export const clientFilesCheck: DoctorCheck = {
  name: 'clients',
  async run({ clients: { servers, holes }, world }) {
    if (servers.length === 0 && holes.length === 0) return [];
    const findings: DoctorFinding[] = [];
    const guarded = servers.filter(({ state }) => state === 'guarded').length;
    findings.push(fine(`${guarded} of ${servers.length} servers of clients are guarded`));
    for (const { kind, message, hint } of holes) {
      findings.push(GRAVE.has(kind) ? problem(message, hint) : warning(message, hint));
    }
    const processes = await world.processes();
    for (const client of CLIENTS) {
      if (!servers.some(({ clients }) => clients.includes(client.id))) continue;
      if (!isOverwriting(client, world.files.platform, processes)) continue;
      findings.push(
        warning(
          `${client.name} runs, and would write over an edit of its file`,
          `to change it: ${client.restart}`,
        ),
      );
    }
    return findings;
  },
};

import { CLIENTS } from '../../clients/table/clients.js';
import { waitingMs } from '../../conversation/waiting-time.js';
import { CLIENT_SLOW_START_MS } from '../../platform/bounds.js';
import { type DoctorCheck, type DoctorFinding, fine, warning } from './doctor-check.js';

/** How long each client lets a call wait for a person, and whether its patience at the start is short. */
export const clientTimesCheck: DoctorCheck = {
  name: 'client-times',
  run({ clients: { servers }, config }) {
    const configured = config?.ok === true ? config.config.settings.approval.waitingTimes : [];
    const guarded = servers.filter(({ state }) => state === 'guarded');
    const used = CLIENTS.filter(({ id }) => guarded.some(({ clients }) => clients.includes(id)));
    return used.flatMap(({ id, name, progress, callMs, connectMs, timeout }): DoctorFinding[] => {
      const client = id === 'vscode' ? 'Visual Studio Code' : id;
      const waitMs = waitingMs({ client, progress: progress !== undefined, rounds: false }, configured);
      const limit = callMs === undefined ? 'not known' : text(callMs);
      const findings = [
        fine(
          `${name}: a held call waits ${text(waitMs)} for a person before the agent is told to come back; the client's own limit is ${limit}` +
            (timeout === undefined ? '' : ` (${timeout.key}, guard install --set-timeouts)`),
        ),
      ];
      const unpacked = guarded.filter(
        ({ clients, words }) =>
          clients.includes(id) && words.some((word) => word === 'npx' || word === 'uvx'),
      );
      if (connectMs !== undefined && connectMs <= CLIENT_SLOW_START_MS && unpacked.length > 0) {
        const names = unpacked.map((server) => server.name).join(', ');
        findings.push(
          warning(
            `${name} waits ${text(connectMs)} for a server's first answer, and ${names} may have to be downloaded first`,
            'install its package and name the program itself',
          ),
        );
      }
      return findings;
    });
  },
};

function text(ms: number): string {
  if (!Number.isFinite(ms)) return 'as long as it takes';
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}

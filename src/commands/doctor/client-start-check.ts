import path from 'node:path';
import { connectionOpener } from '../../gateway/upstreams/open-connection.js';
import { DOCTOR_CLIENT_START_MS, SERVER_FRAME_BYTES_MAX } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import { systemSchedule } from '../../platform/schedule.js';
import type { ClientServer } from '../clients/survey-clients.js';
import { clientEnvironment, clientsOf, hasVariable } from './client-of.js';
import {
  type DoctorCheck,
  type DoctorContext,
  type DoctorFinding,
  fine,
  problem,
  warning,
} from './doctor-check.js';

/**
 * Starts each guarded server as its first client would, shakes hands, and compares the time with the
 * client's patience. One after the other: what is measured side by side measures the neighbors.
 */
export const clientStartCheck: DoctorCheck = {
  name: 'client-start',
  async run(context) {
    if (!context.startsClients) return [];
    const findings: DoctorFinding[] = [];
    for (const server of context.clients.servers) {
      if (server.state === 'guarded') findings.push(await started(server, context));
    }
    return findings;
  },
};

async function started(server: ClientServer, { tools, world }: DoctorContext): Promise<DoctorFinding> {
  const [client] = clientsOf(server);
  const [command, ...args] = server.words;
  const what = `${server.name} of ${server.clients[0] ?? ''}`;
  const words = args.filter((word) => word !== undefined);
  if (client === undefined || command === undefined || words.length < args.length) {
    return warning(`${what} is not started: not all of its words are text`);
  }
  if ([command, ...words, ...Object.values(server.env)].some(hasVariable)) {
    return warning(`${what} is not started: it has variables that only its client can put in`);
  }
  const open = connectionOpener({
    environment: () => clientEnvironment(client, tools.env, world.files.platform),
    clock: tools.clock,
    schedule: systemSchedule,
    diagnostics: { note: nothing, repeated: nothing, suppressed: () => new Map() },
    serverFrameBytesMax: SERVER_FRAME_BYTES_MAX,
    onStderr: nothing,
  });
  const from = tools.clock.monotonicMs();
  try {
    const connection = await open({
      definition: {
        name: 'client-server',
        transport: {
          kind: 'stdio',
          command,
          args: words,
          env: server.env,
          cwd: client.cwd === 'root' ? path.parse(tools.cwd).root : tools.cwd,
        },
        namespaced: false,
        isolation: 'session',
        start: 'lazy',
        startTimeoutMs: DOCTOR_CLIENT_START_MS,
        requestTimeoutMs: DOCTOR_CLIENT_START_MS,
        auditLogArguments: false,
      },
      plan: 'probe',
      signal: tools.signal,
    });
    const tookMs = Math.round(tools.clock.monotonicMs() - from);
    const { revision } = connection.facts;
    await connection.close();
    const took = `${what}: answers after ${tookMs} ms and speaks ${revision}`;
    if (client.connectMs === undefined || tookMs < client.connectMs) return fine(took);
    return problem(
      `${took}; ${client.name} waits ${client.connectMs} ms`,
      'install the server’s package and name the program itself',
    );
  } catch (error) {
    return problem(
      `${what}: ${messageOf(error)}`,
      'run its command by hand; what it needs must be in its env',
    );
  }
}

function nothing(): void {}

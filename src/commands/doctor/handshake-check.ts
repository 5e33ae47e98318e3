import { connectionOpener } from '../../gateway/upstreams/open-connection.js';
import { messageOf } from '../../platform/errors.js';
import { systemSchedule } from '../../platform/schedule.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';
import { serverEnvironment } from '../../upstream/server-environment.js';
import { type DoctorCheck, fine, problem, type DoctorFinding } from './doctor-check.js';

/** Whether each server starts and shakes hands, as guard serve would do it; each is ended again at once. */
export const handshakeCheck: DoctorCheck = {
  name: 'handshake',
  async run(context) {
    const { config } = context;
    if (config?.ok !== true || !context.startsServers) return [];
    const { settings, secrets } = config.config;
    const secretNames = new Set(secrets.names);
    const open = connectionOpener({
      environment: () => serverEnvironment(context.tools.env, secretNames),
      clock: context.tools.clock,
      schedule: systemSchedule,
      diagnostics: { note: nothing, repeated: nothing, suppressed: () => new Map() },
      serverFrameBytesMax: settings.relay.serverFrameBytesMax,
      onStderr: nothing,
    });
    return Promise.all(
      settings.upstreams.map(async (definition): Promise<DoctorFinding> => {
        try {
          const connection = await open({ definition, plan: 'probe', signal: context.tools.signal });
          const { revision } = connection.facts;
          await connection.close();
          return fine(`server ${definition.name}: answers, and speaks ${revision}`);
        } catch (error) {
          return problem(`server ${definition.name}: ${messageOf(error)}`, hintFor(definition));
        }
      }),
    );
  },
};

function nothing(): void {}

function hintFor({ transport }: UpstreamDefinition): string {
  return transport.kind === 'stdio'
    ? `run it by hand: ${transport.command} …; what it needs must be in its env`
    : 'look at its url and headers';
}

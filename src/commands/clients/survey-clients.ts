import fs from 'node:fs';
import path from 'node:path';
import { findFiles } from '../../clients/files/find-files.js';
import { readNotes } from '../../clients/files/install-notes.js';
import { findHoles, type Hole } from '../../clients/survey/holes.js';
import { type SurveyedServer, surveyFile } from '../../clients/survey/survey-file.js';
import { CLIENTS } from '../../clients/table/clients.js';
import { tryLoadConfig } from '../../config/load.js';
import { isGuardError, messageOf } from '../../platform/errors.js';
import { type GuardPaths, guardPaths } from '../../platform/paths.js';
import { stateFiles } from '../../platform/state-files.js';
import { auditFileOf } from '../audit-file.js';
import type { Tools } from '../command.js';
import type { ClientWorld } from './client-world.js';
import { lastSeen } from './last-seen.js';

/** A server with what guard knows of it beside its file. */
export interface ClientServer extends SurveyedServer {
  /** Config files that its guard uses; empty where it only records. Of a server that is not guarded undefined. */
  readonly policies: readonly string[] | undefined;
  /** Time of its newest record; undefined where none was found. */
  readonly seen: string | undefined;
}

/** All servers of all clients, and the holes that they leave. */
export interface ClientSurvey {
  readonly servers: readonly ClientServer[];
  readonly holes: readonly Hole[];
  /** Whether the audit log goes on further back than was read. */
  readonly isLogPartial: boolean;
}

/** Looks at every config file of every client, the user's and the project's. Changes nothing. */
export async function surveyClients(tools: Tools, world: ClientWorld): Promise<ClientSurvey> {
  const paths = guardPaths(tools.env);
  const servers: SurveyedServer[] = [];
  const unreadable: Hole[] = [];
  const modes = new Map<string, number>();
  for (const found of findFiles(CLIENTS, world.files, 'all')) {
    const { reading } = found;
    const remembered =
      reading.kind === 'file' ? readNotes(stateFiles(paths).clients, reading.file.realPath) : { entries: [] };
    if (remembered.trouble !== undefined) {
      unreadable.push({ kind: 'unreadable', message: `${found.path} ${remembered.trouble}` });
    }
    if (reading.kind === 'file' && world.files.user !== undefined) modes.set(found.path, reading.file.mode);
    const surveyed = surveyFile(found, remembered.entries);
    if ('servers' in surveyed) servers.push(...surveyed.servers);
    else
      unreadable.push({
        kind: 'unreadable',
        message: `nobody can tell what ${found.path} starts: it ${surveyed.why}`,
      });
  }
  const holes = findHoles(servers, {
    exists: (file) => fs.existsSync(file),
    modeOf: (file) => modes.get(file),
  });
  const named = new Set(servers.flatMap(({ server }) => (server === undefined ? [] : [server])));
  const log = await lastSeen(await auditFileIn(tools, paths), named);
  const policies = policyReader(tools);
  return {
    servers: await Promise.all(
      servers.map(async (server) => ({
        ...server,
        policies: server.state === 'guarded' ? await policies(server) : undefined,
        seen: server.server === undefined ? undefined : log.times.get(server.server),
      })),
    ),
    holes: [...unreadable, ...holes],
    isLogPartial: log.isPartial,
  };
}

/** The log of the config; where that cannot be read, which others tell of, the one in its usual place. */
async function auditFileIn(tools: Tools, { auditFile }: GuardPaths): Promise<string> {
  try {
    return await auditFileOf(undefined, tools);
  } catch (error) {
    if (isGuardError(error)) return auditFile;
    throw error;
  }
}

/**
 * Which config files count for a server: the one that its entry names, else those that guard finds
 * from the folder in which its client starts servers, this one or the root. Each is looked for once.
 */
function policyReader(tools: Tools): (server: SurveyedServer) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return ({ config, clients }) => {
    const client = CLIENTS.find(({ id }) => id === clients[0]);
    const cwd = client?.cwd === 'root' ? path.parse(tools.cwd).root : tools.cwd;
    const key = `${cwd}\0${config ?? ''}`;
    const found = known.get(key) ?? policyFiles(tools, cwd, config);
    known.set(key, found);
    return found;
  };
}

async function policyFiles(
  tools: Tools,
  cwd: string,
  configFile: string | undefined,
): Promise<readonly string[]> {
  try {
    const { files } = await tryLoadConfig({ cwd, env: tools.env, paths: guardPaths(tools.env), configFile });
    return files.files.map((file) => file.path);
  } catch (error) {
    return [`unusable: ${messageOf(error)}`];
  }
}

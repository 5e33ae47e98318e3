import type { Hole } from '../../clients/survey/holes.js';
import { printable } from '../../platform/printable.js';
import { columns } from '../text-table.js';
import type { ClientServer, ClientSurvey } from './survey-clients.js';

const STATES: Readonly<Record<ClientServer['state'], string>> = {
  guarded: 'guarded',
  open: 'NOT GUARDED',
  own: 'own',
};

/** The servers of clients for a person: a line each, then the holes. Empty where there are none. */
export function surveyText({ servers, holes, isLogPartial }: ClientSurvey): string {
  const rows = servers.map((server) => [
    server.clients.join(','),
    server.scope,
    server.name,
    STATES[server.state],
    policyText(server),
    server.seen ?? (server.state === 'guarded' ? 'not in the log' : '-'),
  ]);
  const head = ['client', 'scope', 'server', 'state', 'policy', 'last seen'];
  const table =
    rows.length === 0 ? [] : columns([head, ...rows].map((row) => row.map((cell) => printable(cell))));
  const partial = isLogPartial ? ['only the newest part of the audit log was looked at'] : [];
  return [...table, ...partial, ...holes.flatMap(holeText)].map((line) => `${line}\n`).join('');
}

/** The same as values, for programs. */
export function surveyJson({ servers, holes }: ClientSurvey): object {
  return {
    servers: servers.map(({ clients, scope, file, name, state, isRemote, server, policies, seen }) => ({
      clients,
      scope,
      file,
      name,
      state,
      remote: isRemote,
      server: server ?? null,
      policies: policies ?? null,
      last_seen: seen ?? null,
    })),
    holes,
  };
}

/** Whether a person should look at it: a server that guard does not stand in front of, or a file that nobody can read. */
export function needsSomebody({ servers, holes }: ClientSurvey): boolean {
  return (
    servers.some(({ state }) => state === 'open') ||
    holes.some(({ kind }) => kind === 'unreadable' || kind === 'changed' || kind === 'stale')
  );
}

function policyText({ policies }: ClientServer): string {
  if (policies === undefined) return '-';
  return policies.length === 0 ? 'none: only records' : policies.join(', ');
}

function holeText({ kind, message, hint }: Hole): string[] {
  const line = `${kind}: ${printable(message)}`;
  return hint === undefined ? [line] : [line, `    → ${printable(hint)}`];
}

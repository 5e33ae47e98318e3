import type { SurveyedServer } from './survey-file.js';

/** A way around guard that the files of clients leave open, or that comes near to it. */
export interface Hole {
  readonly kind:
    | 'unguarded'
    | 'remote'
    | 'managed'
    | 'own'
    | 'twice'
    | 'lost'
    | 'changed'
    | 'stale'
    | 'double-file'
    | 'auto-approve'
    | 'plain-secret'
    | 'readable-secret'
    | 'unreadable';
  readonly message: string;
  readonly hint?: string;
}

/** What of the machine the search for holes asks about. */
export interface HoleFacts {
  /** Whether there is a file of this absolute path. */
  readonly exists: (path: string) => boolean;
  /** Permission bits of a surveyed file; undefined where they mean nothing. */
  readonly modeOf: (file: string) => number | undefined;
}

const OTHERS_MAY_READ = 0o044;

/** Every hole that the servers leave, the gravest kinds first for each server. */
export function findHoles(servers: readonly SurveyedServer[], facts: HoleFacts): Hole[] {
  return [
    ...servers.flatMap((server) => serverHoles(server, facts)),
    ...twice(servers),
    ...doubleFiles(servers),
  ];
}

function serverHoles(server: SurveyedServer, { exists, modeOf }: HoleFacts): Hole[] {
  const { clients, name, file, state, noted, words, programWords, autoApproves, plainSecrets } = server;
  const id = clients[0] ?? '';
  const what = `${name} of ${clients.join(', ')} (${file})`;
  const holes: Hole[] = [];
  const add = (kind: Hole['kind'], message: string, hint?: string): void => {
    holes.push(hint === undefined ? { kind, message } : { kind, message, hint });
  };
  if (state === 'open') holes.push(openHole(server, what, id));
  if (state === 'own')
    add('own', `${what} is no server that guard can stand in front of: ${server.why ?? ''}`);
  if (noted === 'lost') {
    add('lost', `${what} was guarded, and somebody took guard out`, `guard install --client ${id}`);
  }
  if (noted === 'changed') {
    add(
      'changed',
      `${what} was changed since guard install`,
      'look at it; guard uninstall and guard install accept it',
    );
  }
  const gone = words
    .slice(0, programWords)
    .find((word) => word !== undefined && isAbsolute(word) && !exists(word));
  if (gone !== undefined) {
    add(
      'stale',
      `${what} starts guard by ${gone}, which is not there`,
      'guard uninstall, then guard install',
    );
  }
  if (autoApproves.length > 0) {
    add(
      'auto-approve',
      `${what} is called without a question of the client (${autoApproves.join(', ')}): only guard's rules stand between`,
    );
  }
  if (plainSecrets > 0) {
    const mode = modeOf(file) ?? 0;
    if ((mode & OTHERS_MAY_READ) === 0) {
      add(
        'plain-secret',
        `${what} holds ${plainSecrets} values in plain text that look like secrets`,
        'use a variable of the client',
      );
    } else {
      add(
        'readable-secret',
        `${what} holds ${plainSecrets} values that look like secrets, and others may read the file`,
        `chmod 600 '${file}'`,
      );
    }
  }
  return holes;
}

function openHole({ managed, isRemote, why }: SurveyedServer, what: string, id: string): Hole {
  if (managed) {
    return {
      kind: 'managed',
      message: `${what} starts without guard, and others keep the file`,
      hint: 'ask who keeps it',
    };
  }
  if (isRemote) {
    return {
      kind: 'remote',
      message: `${what} is reached without guard`,
      hint: `guard install --remote --client ${id}`,
    };
  }
  const reason = why === undefined ? '' : `: ${why}`;
  return {
    kind: 'unguarded',
    message: `${what} starts without guard${reason}`,
    hint: `guard install --client ${id}`,
  };
}

/** A name that one client finds in several scopes, guarded in one and open in another. */
function twice(servers: readonly SurveyedServer[]): Hole[] {
  const byName = new Map<string, SurveyedServer[]>();
  for (const server of servers) {
    for (const client of server.clients) {
      const key = `${client}\0${server.name}`;
      byName.set(key, [...(byName.get(key) ?? []), server]);
    }
  }
  return [...byName].flatMap(([key, same]): Hole[] => {
    const [client = '', name = ''] = key.split('\0');
    const states = new Set(same.map(({ state }) => state));
    if (same.length < 2 || !states.has('open') || !states.has('guarded')) return [];
    const scopes = same.map(({ scope, state }) => `${scope}: ${state}`).join(', ');
    return [
      {
        kind: 'twice',
        message: `${name} of ${client} stands in several scopes, and which counts is up to the client (${scopes})`,
      },
    ];
  });
}

/** Windows keeps two files of Claude Desktop where it was installed in two ways; only one is read. */
function doubleFiles(servers: readonly SurveyedServer[]): Hole[] {
  const files = new Set(
    servers.filter(({ clients }) => clients.includes('claude-desktop')).map(({ file }) => file),
  );
  if (files.size < 2) return [];
  return [
    {
      kind: 'double-file',
      message: `Claude Desktop has ${files.size} files, and reads one of them: ${[...files].join(', ')}`,
    },
  ];
}

function isAbsolute(word: string): boolean {
  return word.startsWith('/') || /^[A-Za-z]:[\\/]/.test(word);
}

import { CLIENTS } from '../../clients/table/clients.js';
import type { Client, Platform } from '../../clients/table/client.js';
import type { Environment } from '../../platform/paths.js';
import type { ClientServer } from '../clients/survey-clients.js';

/** The clients of the table that read a server's entry. */
export function clientsOf({ clients }: ClientServer): Client[] {
  return CLIENTS.filter(({ id }) => clients.includes(id));
}

/** What the system gives to programs that are started from the desktop. */
const DESKTOP_PATH: Readonly<Record<Exclude<Platform, 'win32'>, string>> = {
  darwin: '/usr/bin:/bin:/usr/sbin:/sbin',
  linux: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};
/** What the clients pass on that pass on little: the default of the MCP SDK. */
const BARE = [
  'HOME',
  'LANG',
  'LOGNAME',
  'PATH',
  'SHELL',
  'TERM',
  'USER',
  'APPDATA',
  'LOCALAPPDATA',
  'PATHEXT',
  'SYSTEMROOT',
  'TEMP',
  'USERPROFILE',
];
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|KEY|AUTH|CREDENTIAL|PRIVATE|CERT/i;

/** The environment that a server of this client gets, as far as it is known. */
export function clientEnvironment(client: Client, env: Environment, platform: Platform): Environment {
  // VS Code asks the login shell for its environment.
  const isBarePath = client.kind === 'gui' && client.id !== 'vscode' && platform !== 'win32';
  const whole = isBarePath ? { ...env, PATH: DESKTOP_PATH[platform] } : env;
  const passes = (name: string): boolean =>
    client.environment === 'all' ||
    (client.environment === 'bare' ? BARE.includes(name.toUpperCase()) : !SECRET_NAME.test(name));
  return Object.fromEntries(Object.entries(whole).filter(([name]) => passes(name)));
}

/** Whether a word holds what only the client can put in. */
export function hasVariable(word: string): boolean {
  return /\$\{|\$[A-Za-z_]|\{(?:env|file|input):|%\w+%/.test(word);
}

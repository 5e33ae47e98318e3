import { sensitiveKind } from '../audit/redaction/sensitive-names.js';
import type { Environment } from '../platform/paths.js';
import type { UpstreamDefinition } from '../upstream/definition.js';
import type { ApprovalSettings } from './approval-settings.js';
import type { LoadedConfig } from './compile-layers.js';
import { isAccountVariable } from './interpolate.js';

/**
 * What must never be written of a config: the values that it takes from variables, the variables and
 * headers that it gives to servers, and whatever else it holds under a name that announces a secret.
 */
export function configSecrets({ secrets, settings }: Pick<LoadedConfig, 'secrets' | 'settings'>): string[] {
  const { webhook } = settings.audit.anchor;
  return [
    ...secrets.values,
    ...settings.upstreams.flatMap(upstreamSecrets),
    ...settings.approval.channels.flatMap(channelSecrets),
    ...Object.values(settings.sections.tracing?.otlp?.headers ?? {}).flatMap(secretsIn),
    ...Object.values(webhook?.headers ?? {}).flatMap(secretsIn),
    ...(webhook?.secret === undefined ? [] : secretsIn(webhook.secret)),
    ...namedTexts({ ...settings.sections, upstreams: undefined, mcpServers: undefined }),
  ];
}

/** The values of the variables whose names announce a secret, and the passwords in URLs in all others. */
export function environmentSecrets(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || isAccountVariable(name)) return [];
    return announces(name) ? secretsIn(value) : urlPasswords(value);
  });
}

function upstreamSecrets({ transport }: UpstreamDefinition): string[] {
  const given = Object.entries(transport.kind === 'stdio' ? transport.env : transport.headers);
  const address = transport.kind === 'stdio' ? [] : urlPasswords(transport.url);
  return [
    ...address,
    ...given.flatMap(([name, value]) => {
      if (isAccountVariable(name)) return [];
      return announces(name) || !isSetting(value) ? secretsIn(value) : urlPasswords(value);
    }),
  ];
}

function channelSecrets({ source }: ApprovalSettings['channels'][number]): string[] {
  return [source?.secret, source?.bot_token, source?.app_token, source?.signing_secret].filter(
    (secret) => secret !== undefined,
  );
}

/** Variables that name a file or a program, not a secret. */
const NAMES_A_FILE = /(?:FILE|PATH|DIR|DIRECTORY|SOCK|COMMAND|HELPER|ASKPASS|PROCESS)$/i;
const KEY_LIKE = /(?:^|[_-])(?:KEY|PAT|DSN|SIGNATURE|SALT)$/i;

function announces(name: string): boolean {
  if (NAMES_A_FILE.test(name) || name === 'GOOGLE_APPLICATION_CREDENTIALS') return false;
  return sensitiveKind(name) !== undefined || KEY_LIKE.test(name);
}

/** What could stand in any config: to blank it everywhere would make records unreadable. */
const SETTING =
  /^(?:[a-z]+|[A-Z]+|[\d.:]+|.{0,7}|[a-z]{2}[_-][A-Z]{2}.*|[a-z]+(?:[-_.][a-z\d]{1,12}){0,8}|[~.]?\/.*|[A-Za-z]:[\\/].*|[\w.-]+\/[\w.+-]+(?:[,;].*)?|(?:https?|file|wss?):\/\/[^@]*)$/;

function isSetting(value: string): boolean {
  return SETTING.test(value);
}

/** The value and, where it is a scheme and credentials, the credentials. */
function secretsIn(value: string): string[] {
  if (/^(?:true|false|null|none|yes|no|on|off|\d{1,5})$/i.test(value)) return [];
  const behind = /^(?:bearer|basic|digest|token|apikey)\s+(\S+)$/i.exec(value)?.[1];
  return [value, ...(behind === undefined ? [] : [behind]), ...urlPasswords(value)];
}

const URL_PASSWORD = /:\/\/[^\s/@:?#]{0,128}:([^\s/@]{1,256})@/g;

function urlPasswords(value: string): string[] {
  return [...value.matchAll(URL_PASSWORD)].flatMap(([, password = '']) => [password, decoded(password)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function namedTexts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    typeof item === 'string' ? (sensitiveKind(name) === undefined ? [] : secretsIn(item)) : namedTexts(item),
  );
}

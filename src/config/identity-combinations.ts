import { isLoopbackHost } from '../platform/loopback.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';

type Identity = NonNullable<ConfigSource['identity']>;

/** Mistakes among the keys that say how agents are known, and by which address they know guard. */
export function identityMistakes({ identity = {}, listen, dashboard }: ConfigSource): ValueMistake[] {
  const publicUrl = listen?.public_url;
  const dashboardUrl = dashboard?.public_url;
  return [
    ...oidcMistakes(identity),
    ...devMistakes(identity),
    ...anonymousMistakes(identity),
    ...(publicUrl === undefined ? [] : addressMistakes(publicUrl, ['listen', 'public_url'])),
    ...(dashboardUrl === undefined ? [] : addressMistakes(dashboardUrl, ['dashboard', 'public_url'])),
  ];
}

function oidcMistakes({ issuer, audience, jwks_uri }: Identity): ValueMistake[] {
  const found: ValueMistake[] = [];
  if (issuer !== undefined && audience === undefined) {
    found.push({
      path: ['identity'],
      message: 'issuer needs audience',
      hint: 'without it, tokens made for other services would be accepted',
    });
  }
  if (issuer === undefined && jwks_uri !== undefined) {
    found.push({ path: ['identity', 'jwks_uri'], message: 'jwks_uri needs issuer' });
  }
  if (issuer !== undefined) found.push(...issuerMistakes(issuer, ['identity', 'issuer']));
  if (jwks_uri !== undefined) found.push(...encryptionMistakes(jwks_uri, ['identity', 'jwks_uri']));
  return found;
}

function devMistakes({ issuer, dev_mode }: Identity): ValueMistake[] {
  if (dev_mode?.enabled !== true) return [];
  const found: ValueMistake[] = [];
  if (issuer !== undefined) {
    found.push({ path: ['identity', 'dev_mode'], message: 'dev_mode and issuer exclude each other' });
  }
  if (dev_mode.secret === undefined) {
    found.push({ path: ['identity', 'dev_mode'], message: 'dev_mode needs secret' });
  }
  return found;
}

function anonymousMistakes({ issuer, dev_mode, allow_anonymous }: Identity): ValueMistake[] {
  if (allow_anonymous !== true) return [];
  const other = issuer !== undefined ? 'issuer' : dev_mode?.enabled === true ? 'dev_mode' : undefined;
  if (other === undefined) return [];
  const message = `allow_anonymous and ${other} exclude each other: with ${other}, every agent needs a token`;
  return [{ path: ['identity', 'allow_anonymous'], message }];
}

function issuerMistakes(text: string, path: ConfigPath): ValueMistake[] {
  return [...addressMistakes(text, path), ...encryptionMistakes(text, path)];
}

function addressMistakes(text: string, path: ConfigPath): ValueMistake[] {
  if (!URL.canParse(text)) return [{ path, message: 'expected a URL such as https://accounts.example.com' }];
  const { search, hash, username, password } = new URL(text);
  return search + hash + username + password !== '' || /[?#]/.test(text)
    ? [{ path, message: 'expected a URL without a query, a fragment and credentials' }]
    : [];
}

/** Keys that came over a plain connection could be anybody's. */
function encryptionMistakes(text: string, path: ConfigPath): ValueMistake[] {
  if (!URL.canParse(text)) return [];
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || isLoopbackHost(hostname)
    ? []
    : [{ path, message: 'expected https: keys that came over http could be those of anybody' }];
}

import { isIP } from 'node:net';
import type { JSONWebKeySet } from 'jose';
import { ISSUER_KEYS_MAX } from '../../platform/bounds.js';
import { type JsonObject, member } from '../../platform/json.js';
import { isLoopbackHost } from '../../platform/loopback.js';
import { fetchJson } from './fetch-json.js';

/** Where the keys of an issuer are asked for. */
export interface IssuerAddress {
  readonly issuer: string;
  /** Where the config names the keys' address, discovery is not asked. */
  readonly jwksUri: string | undefined;
}

/** Fetches an issuer's keys, by discovery where need be. Rejects with a readable message. */
export async function loadIssuerKeys(address: IssuerAddress, signal: AbortSignal): Promise<JSONWebKeySet> {
  const jwksUri =
    address.jwksUri === undefined ? await discover(address.issuer, signal) : new URL(address.jwksUri);
  const document = await fetchJson(jwksUri, signal);
  const keys = member(document, 'keys');
  if (!Array.isArray(keys)) throw new Error(`${jwksUri.href} is no key set`);
  if (keys.length > ISSUER_KEYS_MAX) throw new Error(`${jwksUri.href} has more than ${ISSUER_KEYS_MAX} keys`);
  return document as unknown as JSONWebKeySet;
}

/** OpenID Connect Discovery 1.0 §4: the document must be about the very issuer that was asked. */
async function discover(issuer: string, signal: AbortSignal): Promise<URL> {
  const address = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document: JsonObject = await fetchJson(address, signal);
  if (member(document, 'issuer') !== issuer) {
    throw new Error(`${address.href} is about another issuer than ${issuer}`);
  }
  const text = member(document, 'jwks_uri');
  const jwksUri = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (jwksUri === undefined) throw new Error(`${address.href} names no jwks_uri`);
  if (!mayLeadTo(address, jwksUri)) {
    throw new Error(`${address.href} names a jwks_uri that guard does not go to: ${jwksUri.href}`);
  }
  return jwksUri;
}

/**
 * Whether a document may send guard to another address: to the same origin, else only by https to a
 * name. An address in the own network is nothing that a foreign document has to name.
 */
function mayLeadTo(from: URL, to: URL): boolean {
  if (to.origin === from.origin) return true;
  const host = to.hostname.replace(/^\[(.*)\]$/, '$1');
  return to.protocol === 'https:' && isIP(host) === 0 && !isLoopbackHost(host);
}

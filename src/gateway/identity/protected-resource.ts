import type { JsonObject } from '../../platform/json.js';
import type { PublicAddress, TokenSettings } from './settings.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const ENDPOINT = /^\/mcp(?:\/[A-Za-z0-9][A-Za-z0-9_-]{0,63})?$/;

/**
 * The gateway as an OAuth resource (RFC 9728): its addresses and the documents that describe it. The
 * base is what the config says, else the address it listens on; a Host header never decides.
 */
export class ProtectedResource {
  readonly #address: () => PublicAddress;
  readonly #settings: Pick<TokenSettings, 'scopesSupported'>;
  readonly #issuer: string | undefined;

  constructor(
    address: () => PublicAddress,
    settings: Pick<TokenSettings, 'scopesSupported'>,
    issuer: string | undefined,
  ) {
    this.#address = address;
    this.#settings = settings;
    this.#issuer = issuer;
  }

  /** The address of the document about `/mcp` or `/mcp/<upstream>`, as challenges name it. */
  metadataUrl(upstream: string | null): string {
    const base = new URL(publicBase(this.#address()));
    const prefix = base.pathname.replace(/\/$/, '');
    return `${base.origin}${WELL_KNOWN}${prefix}${endpointPath(upstream)}`;
  }

  /** The document at a path; undefined where there is none. A path prefix of the public base is understood. */
  document(path: string): JsonObject | undefined {
    if (!path.startsWith(WELL_KNOWN)) return undefined;
    const base = publicBase(this.#address());
    const prefix = new URL(base).pathname.replace(/\/$/, '');
    const rest = path.slice(WELL_KNOWN.length);
    const endpoint = prefix !== '' && rest.startsWith(`${prefix}/`) ? rest.slice(prefix.length) : rest;
    // The root form describes the merged endpoint.
    if (endpoint !== '' && !ENDPOINT.test(endpoint)) return undefined;
    return {
      resource: `${base}${endpoint === '' ? endpointPath(null) : endpoint}`,
      ...(this.#issuer === undefined ? {} : { authorization_servers: [this.#issuer] }),
      ...(this.#settings.scopesSupported.length === 0
        ? {}
        : { scopes_supported: [...this.#settings.scopesSupported] }),
      bearer_methods_supported: ['header'],
      resource_name: 'guard',
    };
  }
}

function endpointPath(upstream: string | null): string {
  return upstream === null ? '/mcp' : `/mcp/${upstream}`;
}

/** The base address that agents know, without a slash at its end. */
function publicBase({ publicUrl, host, port }: PublicAddress): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  // Who listens on every address is reached at least on this one.
  const reached = host === '0.0.0.0' || host === '' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

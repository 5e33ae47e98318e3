import type { IncomingMessage } from 'node:http';
import { HTTP_HEADERS_MAX } from '../bounds.js';
import {
  type HostName,
  isEveryAddress,
  isLoopback,
  isLoopbackName,
  readHost,
  urlHost,
} from './host-names.js';

/** Why a request is turned away. */
export interface Refusal {
  readonly status: number;
  /** One word for records, logs and metrics. */
  readonly reason: string;
  /** For the client; holds nothing that the client sent. */
  readonly message: string;
  /** A body in place of the one that is made of the message. */
  readonly body?: string;
}

export interface DoorOptions {
  /** The address that the server is bound to. */
  readonly host: string;
  /** `name` with any port, or `name:port`. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[];
  /**
   * Whether a page that this very Host would have served is answered also beyond loopback: for a door
   * that serves pages. The Host was looked at before, so nobody can point a name of theirs here.
   */
  readonly servesPages?: boolean;
}

/** What is looked at of a request. */
export type DoorRequest = Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'rawHeaders'> & {
  readonly socket: { readonly localAddress?: string | undefined };
};

/** What the door makes of a request. */
export type DoorResult =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** `origin`: that of an allowed web page, which may read the answer; undefined for any other client. */
  | { readonly kind: 'passed'; readonly origin: string | undefined };

/** Headers of which a second one could be read differently by somebody else. */
const SINGLE: ReadonlySet<string> = new Set([
  'host',
  'origin',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'mcp-session-id',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'last-event-id',
]);

/**
 * The guards that stand before everything else: the shape of the request line and headers, the Host
 * (against DNS rebinding: a name that an attacker points at this machine is not on the list) and the
 * Origin (MCP 2025-11-25 and 2026-07-28, Streamable HTTP: an Origin that is not allowed MUST get 403).
 */
export class Door {
  readonly #allowedHosts: readonly HostName[];
  readonly #allowedOrigins: ReadonlySet<string>;
  readonly #isLoopbackBound: boolean;
  readonly #takesLoopbackNames: boolean;
  readonly #servesPages: boolean;

  constructor({ host, allowedHosts, allowedOrigins, servesPages = false }: DoorOptions) {
    this.#servesPages = servesPages;
    const own = isEveryAddress(host) ? [] : [urlHost(host)];
    this.#allowedHosts = [...own, ...allowedHosts.map(urlHostAndPort)]
      .map(readHost)
      .filter((name) => name !== undefined);
    this.#allowedOrigins = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
    this.#isLoopbackBound = isLoopback(host);
    this.#takesLoopbackNames = this.#isLoopbackBound || isEveryAddress(host);
  }

  check(request: DoorRequest): DoorResult {
    const refusal = shapeRefusal(request) ?? this.#hostRefusal(request);
    if (refusal !== undefined) return { kind: 'refused', refusal };
    const { origin, host = '' } = request.headers;
    if (origin === undefined) return { kind: 'passed', origin: undefined };
    const stated = origin.toLowerCase();
    if (this.#allowedOrigins.has(stated)) return { kind: 'passed', origin };
    if (this.#isOwn(stated, host.toLowerCase())) return { kind: 'passed', origin: undefined };
    return { kind: 'refused', refusal: FOREIGN_ORIGIN };
  }

  #hostRefusal({ headers, socket }: DoorRequest): Refusal | undefined {
    const asked = readHost(headers.host ?? '');
    if (asked === undefined) return FOREIGN_HOST;
    if (this.#takesLoopbackNames && isLoopbackName(asked.name)) return undefined;
    const isAllowed = this.#allowedHosts.some(
      ({ name, port }) => name === asked.name && (port === undefined || port === asked.port),
    );
    // Who names the very address that the connection came to has asked no name server.
    if (isAllowed || asked.name === urlHost(socket.localAddress ?? '')) return undefined;
    return FOREIGN_HOST;
  }

  /** A page that this very address would have served: another port of this machine is another site. */
  #isOwn(origin: string, host: string): boolean {
    const isLocal = this.#isLoopbackBound && isLoopbackName(readHost(host)?.name ?? '');
    if (!isLocal && !this.#servesPages) return false;
    return origin === `http://${host}` || origin === `https://${host}`;
  }
}

function urlHostAndPort(entry: string): string {
  // A bare IPv6 address has more than one colon; what has one is a name with its port.
  return entry.split(':').length > 2 ? urlHost(entry) : entry;
}

function shapeRefusal({ url = '', method, headers, rawHeaders }: DoorRequest): Refusal | undefined {
  if (!url.startsWith('/') && !(method === 'OPTIONS' && url === '*')) {
    return bad('target', 'the request target must be a path');
  }
  if (rawHeaders.length > 2 * HTTP_HEADERS_MAX) {
    return {
      status: 431,
      reason: 'too_many_headers',
      message: `a request may have ${HTTP_HEADERS_MAX} headers`,
    };
  }
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.includes(name)) return bad('duplicate_header', `the header ${name} stands twice`);
    seen.push(name);
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return bad('transfer_encoding', 'the only transfer coding that is understood is chunked');
  }
  return undefined;
}

function bad(reason: string, message: string): Refusal {
  return { status: 400, reason, message };
}

const FOREIGN_HOST: Refusal = {
  status: 403,
  reason: 'host',
  message: 'this Host is not answered here; allowed_hosts or public_url in the config name those that are',
};

const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  reason: 'origin',
  message:
    'web pages of this Origin are not answered; allowed_origins or public_url in the config name those that are',
};

import type { Server } from 'node:http';
import { GuardError, messageOf, systemErrorCode } from '../errors.js';
import { urlHost } from './host-names.js';

/** Where a server listens. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:7474` */
  readonly url: string;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The config key that says where, for the hint of an error. */
  readonly key?: 'listen' | 'dashboard';
}

/** Begins to listen. Throws GuardError `address-unusable` where the address is taken, foreign or not allowed. */
export async function listen(
  server: Server,
  { host, port, key = 'listen' }: ListenOptions,
): Promise<HttpAddress> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(unusable(host, port, error, key));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { host, port: actual, url: `http://${urlHost(host)}:${actual}` };
}

/** The error for an address that cannot be listened on, with what to do about it. */
export function unusable(
  host: string,
  port: number,
  cause: Error,
  key: ListenOptions['key'] = 'listen',
): GuardError {
  const address = `${urlHost(host)}:${port}`;
  const code = systemErrorCode(cause);
  const hint = HINTS.get(code ?? '')?.replaceAll('listen.', `${key}.`);
  return new GuardError('address-unusable', `cannot listen on ${address}: ${code ?? messageOf(cause)}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'something listens there already, perhaps another guard serve: end it, or set listen.port'],
  ['EACCES', 'this port needs rights that this user lacks: set listen.port to one above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address: set listen.host to one of its own'],
  ['ENOTFOUND', 'this name has no address: set listen.host to an address'],
]);

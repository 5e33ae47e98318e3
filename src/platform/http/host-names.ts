/** A Host header, or an entry of `listen.allowed_hosts`, taken apart; IPv6 addresses keep their brackets. */
export interface HostName {
  /** In lower case. */
  readonly name: string;
  readonly port: string | undefined;
}

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,252}))(?::(\d{1,5}))?$/;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '[::]']);

/** The parts of a Host header; undefined where it is none. */
export function readHost(text: string): HostName | undefined {
  const match = HOST.exec(text.toLowerCase());
  if (match === null) return undefined;
  return { name: match[1] ?? '', port: match[2] };
}

/** A host as it stands in a URL: IPv6 addresses in brackets, IPv4 ones without their IPv6 clothes. */
export function urlHost(host: string): string {
  const plain = host.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}

/** Whether only programs of this machine can reach the host. */
export function isLoopback(host: string): boolean {
  const name = urlHost(host);
  return LOOPBACK.has(name) || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Whether the host stands for every address of the machine. */
export function isEveryAddress(host: string): boolean {
  return host === '' || EVERY_ADDRESS.has(urlHost(host));
}

/** Whether the name is one that browsers never ask a name server for, so that nobody can redirect it. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK.has(name);
}

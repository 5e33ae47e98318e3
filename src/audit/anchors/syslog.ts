import { createSocket } from 'node:dgram';
import { isIPv6, connect } from 'node:net';
import { ANCHOR_GOODBYE_MS } from '../../platform/bounds.js';
import type { RemoteAnchor } from './anchor-queue.js';
import type { SyslogAddress } from './syslog-address.js';

/** What a message says of its sender. */
export interface SyslogSender {
  readonly hostname: string;
  readonly pid: number;
  /** RFC 3339, UTC. */
  readonly timestamp: () => string;
}

/** Sends each head to a syslog server. UDP does not tell whether anybody took it. */
export function syslogAnchor(address: SyslogAddress, sender: SyslogSender): RemoteAnchor {
  const { transport, host, port } = address;
  const send = transport === 'udp' ? sendDatagram : sendFrame;
  return {
    name: `syslog ${transport}://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    deliver: (line, signal) => send(address, Buffer.from(syslogMessage(line, sender)), signal),
  };
}

/** Facility 13, log audit, and severity 6, informational (RFC 5424, 6.2.1). */
const PRIORITY = 13 * 8 + 6;

/** The message of RFC 5424: the head stands behind `guard PID checkpoint - `, as it is in the log. */
export function syslogMessage(line: string, { hostname, pid, timestamp }: SyslogSender): string {
  // RFC 5424, 6.2.4: up to 255 printable characters of ASCII, or nothing.
  const host = /^[\x21-\x7e]{1,255}$/.test(hostname) ? hostname : '-';
  return `<${PRIORITY}>1 ${timestamp()} ${host} guard ${pid} checkpoint - ${line}`;
}

/** One message is one datagram (RFC 5426). */
function sendDatagram({ host, port }: SyslogAddress, message: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', signal });
    socket.on('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.send(message, port, host, (error) => {
      if (error !== null) return reject(error);
      socket.close();
      resolve();
    });
  });
}

/**
 * One connection for each head, as they are rare; the length stands before the message (RFC 6587, 3.4.1).
 * Done when the server ends the connection too, as servers do; one that keeps it open took it as well.
 */
function sendFrame({ host, port }: SyslogAddress, message: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.on('error', reject);
    let timer: NodeJS.Timeout | undefined;
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    // Whatever the server says is read, so that its end is seen.
    socket.resume();
    socket.end(Buffer.concat([Buffer.from(`${message.length} `), message]), () => {
      timer = setTimeout(() => socket.destroy(), ANCHOR_GOODBYE_MS);
    });
  });
}

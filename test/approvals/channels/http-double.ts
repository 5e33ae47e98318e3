import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Schedule } from '../../../src/platform/schedule.js';

/** A request that a server of a test got. */
export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpDouble {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  close(): Promise<void>;
}

/** A server on loopback; what `answer` leaves unanswered hangs until the server is closed. */
export async function httpDouble(answer: (got: Got, response: ServerResponse) => void): Promise<HttpDouble> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () =>
      answer(
        { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() },
        response,
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As long as a connection may be silent: such waits pass only where a test says so. */
const LONG_MS = 15_000;

/** Real timers, with every wait but long ones cut to a few milliseconds; what was asked for is noted. */
export function shortWaits(longest = LONG_MS): { readonly schedule: Schedule; readonly askedMs: number[] } {
  const askedMs: number[] = [];
  return {
    askedMs,
    schedule(afterMs, action) {
      askedMs.push(afterMs);
      const timer = setTimeout(action, afterMs < longest ? 5 : afterMs);
      return () => clearTimeout(timer);
    },
  };
}

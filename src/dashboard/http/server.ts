import http from 'node:http';
import type { Socket } from 'node:net';
import {
  DASHBOARD_CONNECTIONS_MAX,
  HTTP_HEADER_BYTES_MAX,
  HTTP_HEADERS_MS,
  HTTP_IDLE_MS,
  HTTP_REQUEST_MS,
  HTTP_TIMEOUT_CHECK_MS,
} from '../../platform/bounds.js';
import { type HttpAddress, listen } from '../../platform/http/listen.js';
import { dispatch, type DispatchParts } from './dispatch.js';
import { DashboardReply } from './reply.js';

/** The dashboard's own HTTP server. Nothing is listened to before `start`. */
export class DashboardServer {
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  constructor(parts: DispatchParts) {
    const server = http.createServer({
      maxHeaderSize: HTTP_HEADER_BYTES_MAX,
      headersTimeout: HTTP_HEADERS_MS,
      requestTimeout: HTTP_REQUEST_MS,
      connectionsCheckingInterval: HTTP_TIMEOUT_CHECK_MS,
      keepAliveTimeout: HTTP_IDLE_MS,
      insecureHTTPParser: false,
    });
    // Headers above a count would be left out silently: the door counts them.
    server.maxHeadersCount = 0;
    server.maxConnections = DASHBOARD_CONNECTIONS_MAX;
    server.on('request', (request, response) => {
      // A client that goes away in the middle is no news.
      response.on('error', ignore);
      void dispatch(new DashboardReply(request, response), parts);
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      // What the parser refuses; a connection that broke or idled is none.
      if (error.code?.startsWith('HPE_') === true)
        parts.refusals.garbled((socket as Socket).remoteAddress ?? '');
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else socket.destroy();
    });
    this.#server = server;
  }

  /** Begins to listen. Throws GuardError `address-unusable`. */
  start(host: string, port: number): Promise<HttpAddress> {
    return listen(this.#server, { host, port, key: 'dashboard' });
  }

  /** Ends every connection, open feeds among them. Safe to call twice, and before `start`. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function ignore(): void {
  // `close` tells of it.
}

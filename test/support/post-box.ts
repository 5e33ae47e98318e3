import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server that keeps what is posted to it. */
export interface PostBox {
  readonly url: string;
  readonly bodies: string[];
  readonly headers: http.IncomingHttpHeaders[];
  /** The status of answers from now on; 0 never answers. */
  answers(status: number, headers?: http.OutgoingHttpHeaders): void;
  close(): Promise<void>;
}

export async function startPostBox(): Promise<PostBox> {
  const bodies: string[] = [];
  const headers: http.IncomingHttpHeaders[] = [];
  let answer: [status: number, headers: http.OutgoingHttpHeaders] = [204, {}];
  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      bodies.push(Buffer.concat(pieces).toString('utf8'));
      headers.push(request.headers);
      if (answer[0] !== 0) response.writeHead(...answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    headers,
    answers: (status, more = {}) => {
      answer = [status, more];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

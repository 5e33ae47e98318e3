import http from 'node:http';

/** What a server answered. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose path, Host and Origin are sent as they stand, which fetch does not do. */
export function rawRequest(
  url: string,
  init: {
    readonly method?: string;
    readonly headers?: unknown;
    readonly body?: unknown;
    readonly path?: string;
  } = {},
): Promise<RawAnswer> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        hostname,
        port,
        path: init.path ?? `${pathname}${search}`,
        method: init.method ?? 'GET',
        headers: (init.headers ?? {}) as http.OutgoingHttpHeaders,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(typeof init.body === 'string' ? init.body : undefined);
  });
}

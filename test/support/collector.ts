import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OtlpSpan } from '../../src/audit/otlp/span.js';

/** A span as the collector got it, with its attributes as a map. */
interface CollectedSpan extends Omit<OtlpSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

/** A collector of OTLP over HTTP that takes nothing that the protocol does not allow. */
export interface Collector {
  readonly url: string;
  readonly spans: CollectedSpan[];
  readonly bodies: string[];
  readonly headers: http.IncomingHttpHeaders[];
  /** What was wrong with a request. */
  readonly faults: string[];
  /** The status of answers from now on; 0 never answers. */
  answers(status: number): void;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const headers: http.IncomingHttpHeaders[] = [];
  const faults: string[] = [];
  let status = 200;
  const server = http.createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (status === 0) return;
      const body = Buffer.concat(pieces).toString('utf8');
      bodies.push(body);
      headers.push(request.headers);
      if (request.method !== 'POST' || request.url !== '/v1/traces')
        faults.push(`${request.method} ${request.url}`);
      if (request.headers['content-type'] !== 'application/json') faults.push('content-type');
      if (status === 200) spans.push(...spansIn(body, faults));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    headers,
    faults,
    answers: (next) => {
      status = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface RawSpan extends Omit<CollectedSpan, 'attributes'> {
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly boolValue?: boolean };
  }[];
}

interface RawRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string }[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

function spansIn(body: string, faults: string[]): CollectedSpan[] {
  const request = JSON.parse(body) as RawRequest;
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    if (!resource.attributes.some(({ key }) => key === 'service.name')) faults.push('no service.name');
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => {
        if (!/^[0-9a-f]{32}$/.test(span.traceId)) faults.push(`traceId ${span.traceId}`);
        if (!/^[0-9a-f]{16}$/.test(span.spanId)) faults.push(`spanId ${span.spanId}`);
        if (!/^\d{19}$/.test(span.startTimeUnixNano)) faults.push(`start ${span.startTimeUnixNano}`);
        if (BigInt(span.endTimeUnixNano) < BigInt(span.startTimeUnixNano))
          faults.push('ends before its start');
        const attributes = Object.fromEntries(
          span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? '']),
        );
        return { ...span, attributes };
      }),
    );
  });
}

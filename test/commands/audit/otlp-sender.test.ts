import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auditExportCommand } from '../../../src/commands/audit/export-options.js';
import { createOtlpSender, otlpHeaders, otlpUrl } from '../../../src/commands/audit/otlp-sender.js';
import { OTLP_BATCH_RECORDS, OTLP_TRIES_MAX, OTLP_WAIT_MS_MAX } from '../../../src/platform/bounds.js';
import {
  decisionFields,
  decisionLine,
  encoderOf,
  outcomeFields,
  outcomeLine,
  TS,
} from '../../audit/lines.js';
import { useLogFolder } from '../../audit/log-folder.js';
import { verifies } from '../../requirements.js';
import { type Ran, runCommand } from '../check-run.js';

verifies('audit:export:otlp');

const at = useLogFolder();

/** ExportLogsServiceRequest as the JSON encoding of OTLP has it; nothing that it does not name. */
const nanos = z.string().regex(/^\d{1,20}$/);
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const request = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeLogs: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          logRecords: z.array(
            z.strictObject({
              timeUnixNano: nanos,
              observedTimeUnixNano: nanos,
              severityNumber: z.int().min(1).max(24),
              severityText: z.string(),
              eventName: z.string(),
              body: z.strictObject({ stringValue: z.string() }),
              attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});
type LogRecords = z.infer<typeof request>['resourceLogs'][number]['scopeLogs'][number]['logRecords'];

interface Collector {
  readonly url: string;
  readonly requests: {
    readonly headers: http.IncomingHttpHeaders;
    readonly url: string;
    readonly body: string;
  }[];
}

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A collector that answers with these statuses in turn, then with 200. */
async function collector(
  answers: readonly { status: number; headers?: http.OutgoingHttpHeaders; body?: string }[] = [],
): Promise<Collector> {
  const requests: Collector['requests'][number][] = [];
  const server = http.createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { status, headers, body = '{}' } = answers[requests.length] ?? { status: 200 };
      requests.push({
        headers: message.headers,
        url: message.url ?? '',
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(status, { connection: 'close', ...headers }).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function recordsOf({ requests }: Collector): LogRecords {
  return requests.flatMap(({ body }) =>
    request
      .parse(JSON.parse(body))
      .resourceLogs.flatMap((one) => one.scopeLogs.flatMap((scope) => scope.logRecords)),
  );
}

function exported(url: string, env: Record<string, string> = {}): Promise<Ran> {
  const options = { audit: at.log, format: 'otlp', endpoint: url };
  return runCommand(auditExportCommand, at.folder, { options }, env);
}

describe('an export to a collector', () => {
  test('posts requests of the protocol, with the headers of the environment, which are shown nowhere', async () => {
    fs.writeFileSync(
      at.log,
      decisionLine('1', { tool: 'é', arguments: { a: [1] } }) +
        outcomeLine('1', { latency_ms: 1.5, result: 'error' }) +
        decisionLine('2', { decision: 'deny' }) +
        encoderOf().event(TS, { event: 'reload', detail: null }),
    );
    const there = await collector();
    const ran = await exported(there.url, {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t0ps3cret,x-team=a',
    });
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(ran.stderr).toContain('3 calls and records to http://127.0.0.1:');
    expect(ran.stderr).not.toContain('t0ps3cret');
    expect(there.requests).toHaveLength(1);
    expect(there.requests[0]).toMatchObject({
      url: '/v1/logs',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t0ps3cret', 'x-team': 'a' },
    });
    const [call, event, denied] = recordsOf(there);
    expect(call).toMatchObject({
      timeUnixNano: `${Date.parse(TS)}000000`,
      severityNumber: 17,
      eventName: 'guard.call',
      body: { stringValue: 'allow é error' },
    });
    expect(call?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'guard.tool', value: { stringValue: 'é' } },
        { key: 'guard.arg_size', value: { intValue: '312' } },
        { key: 'guard.latency_ms', value: { doubleValue: 1.5 } },
        { key: 'guard.enforced', value: { boolValue: true } },
        { key: 'guard.arguments', value: { stringValue: '{"a":[1]}' } },
      ]),
    );
    expect(event).toMatchObject({ eventName: 'guard.event', severityNumber: 9 });
    expect(denied).toMatchObject({ severityNumber: 13 });
  });

  test('goes in batches', async () => {
    const encoder = encoderOf();
    const lines = Array.from(
      { length: 2 * OTLP_BATCH_RECORDS + 1 },
      (_none, id) =>
        encoder.decision(TS, decisionFields(`${id}`)) + encoder.outcome(TS, outcomeFields(`${id}`)),
    );
    fs.writeFileSync(at.log, lines.join(''));
    const there = await collector();
    expect((await exported(there.url)).code).toBe(0);
    expect(there.requests).toHaveLength(3);
    const ids = recordsOf(there).map(
      ({ attributes: all }) => all.find(({ key }) => key === 'guard.request_id')?.value,
    );
    expect(ids).toEqual(lines.map((_line, id) => ({ stringValue: `${id}` })));
  });

  test('what the collector takes back counts and is said', async () => {
    fs.writeFileSync(at.log, decisionLine('1') + outcomeLine('1'));
    const body = JSON.stringify({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: 'too \u001b[31mold' },
    });
    const ran = await exported((await collector([{ status: 200, body }])).url);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(String.raw`too \u{001b}[31mold`);
    expect(ran.stderr).toContain('1 of them were not taken');
  });

  test('a refusal ends it', async () => {
    fs.writeFileSync(at.log, decisionLine('1') + outcomeLine('1'));
    const there = await collector([{ status: 400 }]);
    const ran = await exported(there.url);
    expect(ran).toMatchObject({ code: 2, error: 'export-refused' });
    expect(ran.message).toContain('it answered 400');
    expect(there.requests).toHaveLength(1);
  });
});

/** What became of a batch, and how long the sender waited before each further try. */
async function sent(url: string): Promise<{ waits: number[]; rejected: number | string }> {
  const waits: number[] = [];
  const sender = createOtlpSender({
    url: otlpUrl(url),
    headers: { authorization: 't0ps3cret' },
    signal: new AbortController().signal,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    note: (text) => expect(text).not.toContain('t0ps3cret'),
  });
  const rejected = await sender.send('{}').catch((error: Error) => error.message);
  return { waits, rejected };
}

describe('sending again', () => {
  test('after 429, 502, 503 and 504, each time twice as late, or when the collector says, within bounds', async () => {
    const there = await collector([
      { status: 503 },
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 502, headers: { 'retry-after': '999999' } },
      { status: 504, headers: { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' } },
    ]);
    expect(await sent(there.url)).toEqual({ waits: [1000, 7000, OTLP_WAIT_MS_MAX, 8000], rejected: 0 });
  });

  test('not for ever', async () => {
    const there = await collector(Array.from({ length: 20 }, () => ({ status: 503 })));
    const { waits, rejected } = await sent(there.url);
    expect(rejected).toMatch(/did not take the logs: it answered 503/);
    expect(waits).toHaveLength(OTLP_TRIES_MAX - 1);
    expect(there.requests).toHaveLength(OTLP_TRIES_MAX);
  });

  test('a collector that is not there', async () => {
    const there = await collector();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect((await sent(there.url)).rejected).toMatch(/did not take the logs: .*ECONNREFUSED/);
  });

  test('a redirect is not followed, as it would take the headers elsewhere', async () => {
    const elsewhere = await collector();
    const there = await collector([{ status: 307, headers: { location: elsewhere.url } }]);
    expect((await sent(there.url)).rejected).toMatch(/did not take the logs/);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('address and headers', () => {
  test('an address without a path is that of all signals', () => {
    expect(otlpUrl('https://otel.example.com').href).toBe('https://otel.example.com/v1/logs');
    expect(otlpUrl('https://otel.example.com/a/logs').href).toBe('https://otel.example.com/a/logs');
  });

  test.each(['novalue', '=x', 'a b=c', 'a=%ff', 'a=%0d%0ab'])('%j is no list of headers', (text) => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: text };
    expect(() => otlpHeaders(env, otlpUrl('https://x'))).toThrow(/expected name=value/);
  });

  test('headers do not go over plain http to another machine', () => {
    const env = { OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'authorization=t0ps3cret' };
    expect(() => otlpHeaders(env, otlpUrl('http://otel.example.com'))).toThrow(/not sent over plain http/);
    expect(otlpHeaders(env, otlpUrl('https://otel.example.com'))).toEqual({ authorization: 't0ps3cret' });
    expect(otlpHeaders({}, otlpUrl('http://otel.example.com'))).toEqual({});
  });
});

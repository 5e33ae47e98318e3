import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { API_ROOT, type Endpoint, ENDPOINTS, errorsOf, WRITE_HEADER } from '../src/dashboard/contract.js';
import { FEED_EVENTS } from '../src/dashboard/contract/feed.js';
import { ERROR_CODES, errorShape, shapeNames } from '../src/dashboard/contract/shapes.js';

/** Where the OpenAPI document is committed. */
export const OPENAPI_FILE = fileURLToPath(new URL('../schemas/openapi.json', import.meta.url));

type Json = Record<string, unknown>;

/** The dashboard's API as an OpenAPI 3.1 document. */
export function openApi(): Json {
  const schemas: Json = {};
  const refTo = (schema: z.core.$ZodType): Json => hoist(schema, schemas);
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [string, Endpoint][]) {
    const path = `${API_ROOT}${endpoint.path}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint, refTo) };
  }
  for (const event of Object.values(FEED_EVENTS)) refTo(event);
  return {
    openapi: '3.1.0',
    info: {
      title: "guard's dashboard",
      version: '1',
      description:
        'The API behind the dashboard of guard. Texts of agents and servers stand in it as they came: show them as text.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:7475' }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'dashboard.api_secret, for scripts' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'guard-session-7475',
          description: `What POST ${API_ROOT}/login sets; the name ends in the port. Writes need the header ${WRITE_HEADER} too.`,
        },
      },
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** The document as text. */
export function openApiText(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`;
}

function operation(name: string, endpoint: Endpoint, refTo: (schema: z.core.$ZodType) => Json): Json {
  const { summary, query, body, answer, open } = endpoint;
  const codes = errorsOf(endpoint);
  const statuses = new Set(codes.map((code) => ERROR_CODES[code]));
  return {
    operationId: name,
    summary,
    ...(open === true ? { security: [] } : {}),
    parameters: [...pathParameters(endpoint), ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: refTo(body) } } } }),
    responses: {
      ...success(answer, refTo),
      ...Object.fromEntries(
        [...statuses].map((status) => [
          String(status),
          {
            description: codes.filter((code) => ERROR_CODES[code] === status).join(', '),
            content: { 'application/json': { schema: refTo(errorShape) } },
          },
        ]),
      ),
    },
  };
}

function success(answer: Endpoint['answer'], refTo: (schema: z.core.$ZodType) => Json): Json {
  if (answer === 'none') return { '204': { description: 'done' } };
  const text = { schema: { type: 'string' } };
  if (answer === 'events') {
    const events = Object.keys(FEED_EVENTS).join(', ');
    return {
      '200': { description: `server-sent events: ${events}`, content: { 'text/event-stream': text } },
    };
  }
  if (answer === 'export') {
    return { '200': { description: 'the calls', content: { 'application/jsonl': text, 'text/csv': text } } };
  }
  return { '200': { description: 'done', content: { 'application/json': { schema: refTo(answer) } } } };
}

function pathParameters({ path }: Endpoint): Json[] {
  return path.includes('{id}')
    ? [
        {
          name: 'id',
          in: 'path',
          required: true,
          schema: { type: 'string', pattern: '^[A-Za-z0-9._~-]{1,200}$' },
        },
      ]
    : [];
}

function queryParameters(query: z.core.$ZodType): Json[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

/** The schema as a reference; what it is made of goes to the components. */
function hoist(schema: z.core.$ZodType, schemas: Json): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { metadata: shapeNames, io: 'input' });
  for (const [name, definition] of Object.entries($defs)) schemas[name] = moved(definition);
  return moved(own) as Json;
}

/** References of one schema become those of the document; names that only a schema's own tools need go. */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === 'id' && typeof inner === 'string') return [];
      if (key === '$ref' && typeof inner === 'string') {
        return [[key, inner.replace('#/$defs/', '#/components/schemas/')]];
      }
      return [[key, moved(inner)]];
    }),
  );
}

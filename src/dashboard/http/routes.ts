import { API_ROOT, type Endpoint, type EndpointName, ENDPOINTS } from '../contract.js';
import { Stop } from './reply.js';

/** An endpoint that a path and a method name. */
export interface Found {
  readonly name: EndpointName;
  readonly endpoint: Endpoint;
  /** What stands for `{id}`; undefined where the path has none. */
  readonly id: string | undefined;
}

/** What an id may be made of: those of approvals and of records. */
const ID = /^[A-Za-z0-9._~-]{1,200}$/;

/**
 * The endpoint of a request. Throws Stop `not-found` where no endpoint has the path, and
 * `method-not-allowed`. A path that is spelled in any other way, such as with escapes, is none.
 */
export function findEndpoint(method: string, path: string): Found {
  const methods: string[] = [];
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const id = matchPath(`${API_ROOT}${endpoint.path}`, path);
    if (id === undefined) continue;
    if (endpoint.method === method) return { name, endpoint, id: id === '' ? undefined : id };
    methods.push(endpoint.method);
  }
  if (methods.length === 0) throw new Stop('not-found', 'there is no such path');
  const Allow = [...new Set(methods)].join(', ');
  throw new Stop('method-not-allowed', `this path takes ${Allow}`, {}, { Allow });
}

/** What stands for `{id}`, empty where the pattern has none; undefined where the path does not fit. */
function matchPath(pattern: string, path: string): string | undefined {
  const [before = '', after] = pattern.split('{id}');
  if (after === undefined) return path === pattern ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const id = path.slice(before.length, path.length - after.length);
  return path.length >= before.length + after.length && ID.test(id) ? id : undefined;
}

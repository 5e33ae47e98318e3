/** What a path leads to. */
export type Route =
  | { readonly name: 'mcp' | 'sse' | 'messages'; readonly upstream: string | null }
  | { readonly name: 'healthz' | 'readyz' | 'metrics' | 'metadata' | 'unknown' };

export type RouteName = Route['name'];

/** Methods of each route, as the header `Allow` names them. */
export const ROUTE_METHODS: Readonly<Record<RouteName, readonly string[]>> = {
  mcp: ['POST', 'GET', 'DELETE', 'OPTIONS'],
  sse: ['GET', 'OPTIONS'],
  messages: ['POST', 'OPTIONS'],
  healthz: ['GET', 'HEAD', 'OPTIONS'],
  readyz: ['GET', 'HEAD', 'OPTIONS'],
  metrics: ['GET', 'HEAD', 'OPTIONS'],
  metadata: ['GET', 'HEAD', 'OPTIONS'],
  unknown: [],
};

/** RFC 9728, section 3.1: the document's path, with the resource's own path behind it. */
const METADATA = '/.well-known/oauth-protected-resource';
const UNKNOWN: Route = { name: 'unknown' };

/** Finds the route of a path, which is taken as it was sent: nothing is normalized, so nothing slips by. */
export function routeOf(path: string, takesLegacySse: boolean): Route {
  switch (path) {
    case '/mcp':
      return { name: 'mcp', upstream: null };
    case '/healthz':
    case '/readyz':
    case '/metrics':
      return { name: path.slice(1) as 'healthz' | 'readyz' | 'metrics' };
    default:
  }
  if (path.startsWith('/mcp/')) return upstreamRoute('mcp', path.slice('/mcp/'.length));
  if (path === METADATA || path.startsWith(`${METADATA}/`)) return { name: 'metadata' };
  if (!takesLegacySse) return UNKNOWN;
  for (const name of ['sse', 'messages'] as const) {
    if (path === `/${name}`) return { name, upstream: null };
    if (path.startsWith(`/${name}/`)) return upstreamRoute(name, path.slice(name.length + 2));
  }
  return UNKNOWN;
}

/** The route of one server, whose name is one segment of the path, with escapes read once. */
function upstreamRoute(name: 'mcp' | 'sse' | 'messages', segment: string): Route {
  if (segment === '' || segment.includes('/')) return UNKNOWN;
  try {
    return { name, upstream: decodeURIComponent(segment) };
  } catch {
    return UNKNOWN;
  }
}

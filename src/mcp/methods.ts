import { foldKey } from '../platform/fold.js';

/** What guard does with a method: judge it, look at its answer, or pass it on. */
export type Handling = 'governed' | 'observed' | 'relayed';

/** How a request is treated that no revision of the protocol defines: policy judges it. */
export const UNKNOWN_HANDLING: Handling = 'governed';

/**
 * Requests that a client may send, over both eras (2025-11-25 and before, 2026-07-28). `initialize`
 * and `server/discover` are never blocked: a client detects the era by their exact outcome.
 */
const CLIENT_REQUESTS: ReadonlyMap<string, Handling> = new Map([
  ['initialize', 'observed'],
  ['server/discover', 'observed'],
  ['tools/list', 'observed'],
  ['ping', 'relayed'],
  ['logging/setLevel', 'relayed'],
  ['prompts/list', 'relayed'],
  ['resources/list', 'relayed'],
  ['resources/templates/list', 'relayed'],
  ['resources/unsubscribe', 'relayed'],
  ['tools/call', 'governed'],
  ['resources/read', 'governed'],
  ['resources/subscribe', 'governed'],
  ['prompts/get', 'governed'],
  ['completion/complete', 'governed'],
  ['subscriptions/listen', 'governed'],
  ['tasks/get', 'governed'],
  ['tasks/result', 'governed'],
  ['tasks/update', 'governed'],
  ['tasks/list', 'governed'],
  ['tasks/cancel', 'governed'],
]);

/** Requests that a server may send. In the modern era they come inside `input_required`. */
const SERVER_REQUESTS: ReadonlyMap<string, Handling> = new Map([
  ['ping', 'relayed'],
  ['sampling/createMessage', 'governed'],
  ['elicitation/create', 'governed'],
  ['roots/list', 'governed'],
  ['tasks/get', 'governed'],
  ['tasks/result', 'governed'],
  ['tasks/list', 'governed'],
  ['tasks/cancel', 'governed'],
]);

/** Members of `params` that some method gives a meaning; another spelling of one is refused. */
export const KNOWN_PARAMS: readonly string[] = [
  '_meta',
  'argument',
  'arguments',
  'capabilities',
  'clientInfo',
  'cursor',
  'inputResponses',
  'level',
  'name',
  'notifications',
  'protocolVersion',
  'ref',
  'requestId',
  'requestState',
  'task',
  'taskId',
  'uri',
];

const FOLDED = new Map(
  [...CLIENT_REQUESTS.keys(), ...SERVER_REQUESTS.keys()].map((method) => [foldMethod(method), method]),
);

/** How a request from the client is handled, and whether the protocol knows it. */
export function clientRequestHandling(method: string): Handling | undefined {
  return CLIENT_REQUESTS.get(method);
}

/** How a request from the server is handled, and whether the protocol knows it. */
export function serverRequestHandling(method: string): Handling | undefined {
  return SERVER_REQUESTS.get(method);
}

/**
 * Whether a server asks for something that no server may ask: a request of clients, or another
 * spelling of one that the protocol knows, which policy would judge as something else.
 */
export function isNoServerRequest(method: string): boolean {
  if (SERVER_REQUESTS.has(method)) return false;
  return CLIENT_REQUESTS.has(method) || nearMissOf(method) !== undefined;
}

/** The protocol's method that this name is a near miss of (`Tools/Call`, `tools//call`), if it is one. */
export function nearMissOf(method: string): string | undefined {
  if (CLIENT_REQUESTS.has(method) || SERVER_REQUESTS.has(method)) return undefined;
  const known = FOLDED.get(foldMethod(method));
  return known === method ? undefined : known;
}

function foldMethod(method: string): string {
  return foldKey(method)
    .replaceAll(/[ _.-]/g, '')
    .replaceAll(/\/+/g, '/')
    .replaceAll(/^\/|\/$/g, '');
}

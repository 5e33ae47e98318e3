import { messageOf } from '../../platform/errors.js';
import type { Door } from '../../platform/http/door-check.js';
import type { BodyRoom } from '../../platform/http/read-body.js';
import { API_ROOT, type EndpointName } from '../contract.js';
import type { Caller, Gate } from '../login/gate.js';
import type { Ask, Handlers } from '../views/handlers.js';
import { answerAsset, type Assets } from './assets.js';
import { drainBody, readInput, readQuery, refuseBody } from './inputs.js';
import type { DashboardRefusals } from './refusals.js';
import { type DashboardReply, Stop } from './reply.js';
import { findEndpoint } from './routes.js';

export interface DispatchParts {
  readonly door: Door;
  readonly gate: Gate;
  readonly room: BodyRoom;
  readonly assets: Assets;
  readonly handlers: Handlers;
  readonly refusals: DashboardRefusals;
  readonly isClosing: () => boolean;
  readonly onDefect: (error: unknown) => void;
}

/** One request, from the door to whatever answers it. Never rejects. */
export async function dispatch(reply: DashboardReply, parts: DispatchParts): Promise<void> {
  try {
    const admitted = await admit(reply, parts);
    if (admitted === undefined) return;
    const { name, ...ask } = admitted;
    await parts.handlers[name]({ reply, ...ask });
  } catch (error) {
    await drainBody(reply.request);
    if (error instanceof Stop) return reply.stop(error);
    parts.onDefect(error);
    reply.stop(new Stop('internal', `guard failed at this request: ${messageOf(error)}`));
  }
}

/** A request that came in, with everything that was read of it. */
interface Admitted extends Omit<Ask, 'reply'> {
  readonly name: EndpointName;
}

/** Reads and judges a request; undefined where it was one for the page. Records who is turned away, before they read it. */
async function admit(reply: DashboardReply, parts: DispatchParts): Promise<Admitted | undefined> {
  try {
    return await read(reply, parts);
  } catch (error) {
    if (error instanceof Stop) parts.refusals.stopped(reply, error);
    throw error;
  }
}

async function read(reply: DashboardReply, parts: DispatchParts): Promise<Admitted | undefined> {
  const { request } = reply;
  const { method = '', url = '' } = request;
  const result = parts.door.check(request);
  if (result.kind === 'refused') {
    const { status, message } = result.refusal;
    throw new Stop(status === 403 ? 'foreign-site' : 'bad-request', message);
  }
  if (parts.isClosing()) throw new Stop('unavailable', 'guard is ending', {}, { 'Retry-After': '5' });
  const [path = '', ...rest] = url.split('?');
  if (!path.startsWith(`${API_ROOT}/`)) {
    answerPage(reply, path, parts.assets);
    return undefined;
  }
  const { name, endpoint, id } = findEndpoint(method, path);
  // Who asks comes first: a stranger learns nothing from how their request is read.
  const caller: Caller | undefined = endpoint.open === true ? undefined : parts.gate.callerOf(request);
  if (endpoint.method === 'POST' && caller?.by !== 'bearer') parts.gate.checkWrite(request);
  const query = readQuery(endpoint, rest.join('?'));
  if (endpoint.method === 'GET') refuseBody(request);
  const body = endpoint.method === 'POST' ? await readInput(endpoint, request, parts.room) : {};
  return { name, caller, id: id ?? '', query, body };
}

function answerPage(reply: DashboardReply, path: string, assets: Assets): void {
  const { method = '' } = reply.request;
  const isKnown = assets.has(path);
  if (isKnown && method !== 'GET' && method !== 'HEAD') {
    throw new Stop('method-not-allowed', 'this path takes GET', {}, { Allow: 'GET, HEAD' });
  }
  if (isKnown) refuseBody(reply.request);
  if (!answerAsset(reply, assets, path)) throw new Stop('not-found', 'there is no such path');
}

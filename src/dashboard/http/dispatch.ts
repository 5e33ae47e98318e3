import { messageOf } from '../../platform/errors.js';
import type { Door } from '../../platform/http/door-check.js';
import type { BodyRoom } from '../../platform/http/read-body.js';
import { API_ROOT } from '../contract.js';
import type { Caller, Gate } from '../login/gate.js';
import type { Handlers } from '../views/handlers.js';
import { answerAsset, type Assets } from './assets.js';
import { readInput, readQuery } from './inputs.js';
import { type DashboardReply, Stop } from './reply.js';
import { findEndpoint } from './routes.js';

export interface DispatchParts {
  readonly door: Door;
  readonly gate: Gate;
  readonly room: BodyRoom;
  readonly assets: Assets;
  readonly handlers: Handlers;
  readonly isClosing: () => boolean;
  readonly onDefect: (error: unknown) => void;
}

/** One request, from the door to whatever answers it. Never rejects. */
export async function dispatch(reply: DashboardReply, parts: DispatchParts): Promise<void> {
  try {
    await answer(reply, parts);
  } catch (error) {
    if (error instanceof Stop) return reply.stop(error);
    parts.onDefect(error);
    reply.stop(new Stop('internal', `guard failed at this request: ${messageOf(error)}`));
  }
}

async function answer(reply: DashboardReply, parts: DispatchParts): Promise<void> {
  const { request } = reply;
  const { method = '', url = '' } = request;
  const result = parts.door.check(request);
  if (result.kind === 'refused') {
    const { status, message } = result.refusal;
    throw new Stop(status === 403 ? 'foreign-site' : 'bad-request', message);
  }
  if (parts.isClosing()) throw new Stop('unavailable', 'guard is ending', {}, { 'Retry-After': '5' });
  const [path = '', ...rest] = url.split('?');
  if (!path.startsWith(`${API_ROOT}/`)) return answerPage(reply, path, parts.assets);
  const { name, endpoint, id } = findEndpoint(method, path);
  // Who asks comes first: a stranger learns nothing from how their request is read.
  const caller: Caller | undefined = endpoint.open === true ? undefined : parts.gate.callerOf(request);
  if (endpoint.method === 'POST' && caller?.by !== 'bearer') parts.gate.checkWrite(request);
  const query = readQuery(endpoint, rest.join('?'));
  const body = endpoint.method === 'POST' ? await readInput(endpoint, request, parts.room) : {};
  await parts.handlers[name]({ reply, caller, id: id ?? '', query, body });
}

function answerPage(reply: DashboardReply, path: string, assets: Assets): void {
  const { method = '' } = reply.request;
  const isKnown = assets.has(path);
  if (isKnown && method !== 'GET' && method !== 'HEAD') {
    throw new Stop('method-not-allowed', 'this path takes GET', {}, { Allow: 'GET, HEAD' });
  }
  if (!answerAsset(reply, assets, path)) throw new Stop('not-found', 'there is no such path');
}

import { createHmac, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJsonObject, type JsonObject } from '../../../src/platform/json.js';
import { type Got, httpDouble } from './http-double.js';

export const BOT_TOKEN = 'xoxb-test-bot-token';
export const APP_TOKEN = 'xapp-test-app-token';
export const SIGNING_SECRET = 'the-signing-secret-of-the-app';
export const CHANNEL = 'C0TEST';

interface SlackCall {
  readonly method: string;
  readonly body: JsonObject;
}

/** What an app gets back for what it was sent. */
interface Acknowledged {
  readonly envelope_id: string;
  readonly payload?: JsonObject;
}

/** Slack as its documentation has it, on loopback: the Web API, signed requests, and Socket Mode. */
export async function slackDouble() {
  const calls: SlackCall[] = [];
  const messages = new Map<string, JsonObject>();
  const sockets = new Set<WebSocket>();
  const acknowledged: Acknowledged[] = [];
  const control = {
    /** Answers for the next calls, by method, in place of the usual ones. */
    next: new Map<string, ((response: ServerResponse) => void)[]>(),
    /** Whether connections are greeted. */
    greets: true,
    connections: 0,
  };
  const live = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve) => void live.on('listening', resolve));
  live.on('connection', (socket) => {
    sockets.add(socket);
    control.connections += 1;
    socket.on('close', () => void sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('message', (data) => void acknowledged.push(JSON.parse(data.toString()) as Acknowledged));
    if (control.greets) socket.send(JSON.stringify({ type: 'hello', num_connections: sockets.size }));
  });
  let count = 0;
  // What an earlier test still sends is none of the next one's.
  let turn = 0;
  const answer = ({ path, headers, body }: Got, response: ServerResponse): void => {
    const method = path.replace(`/${turn}/api/`, '');
    if (method === path) return say(response, { ok: false, error: 'unknown_method' });
    const value = JSON.parse(body) as JsonObject;
    calls.push({ method, body: value });
    const scripted = control.next.get(method)?.shift();
    if (scripted !== undefined) return scripted(response);
    const token = method === 'apps.connections.open' ? APP_TOKEN : BOT_TOKEN;
    if (headers.authorization !== `Bearer ${token}`)
      return say(response, { ok: false, error: 'invalid_auth' });
    if (method === 'apps.connections.open')
      return say(response, { ok: true, url: `ws://127.0.0.1:${live.address().port}/link` });
    if (method === 'chat.postMessage') {
      if (value['channel'] !== CHANNEL) return say(response, { ok: false, error: 'channel_not_found' });
      count += 1;
      const ts = `1700000000.${String(count).padStart(6, '0')}`;
      messages.set(ts, value);
      return say(response, { ok: true, channel: CHANNEL, ts });
    }
    const { ts } = value;
    if (method === 'chat.update' && typeof ts === 'string') messages.set(ts, value);
    return say(response, { ok: true });
  };
  const api = await httpDouble(answer);
  return {
    apiUrl: () => `${api.url}/${turn}/api/`,
    calls,
    messages,
    acknowledged,
    sockets,
    control,
    /** The message of a request as it stands now. */
    messageOf(
      id: string,
    ): { readonly ts: string; readonly text: string; readonly isOpen: boolean } | undefined {
      for (const [ts, message] of messages) {
        const text = JSON.stringify(message);
        if (text.includes(id)) return { ts, text, isOpen: text.includes('"type":"actions"') };
      }
      return undefined;
    },
    /** Sends an envelope over every connection, or over one alone, in the order in which they were made; returns its id. */
    envelope(payload: JsonObject, id: string = randomUUID(), only?: number): string {
      const envelope = { type: 'interactive', envelope_id: id, accepts_response_payload: true, payload };
      const to = only === undefined ? [...sockets] : [...sockets].slice(only, only + 1);
      for (const socket of to) socket.send(JSON.stringify(envelope));
      return id;
    },
    reset() {
      turn += 1;
      calls.length = 0;
      messages.clear();
      acknowledged.length = 0;
      control.next.clear();
      control.greets = true;
      control.connections = 0;
      for (const socket of sockets) socket.terminate();
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      await new Promise<void>((resolve) => live.close(resolve));
      await api.close();
    },
  };
}

export type SlackDouble = Awaited<ReturnType<typeof slackDouble>>;

export function say(response: ServerResponse, body: object, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A button that was pressed, as Slack tells of it. */
export function press(button: 'approve' | 'deny', id: string, user: string, ts: string): JsonObject {
  return {
    type: 'block_actions',
    user: { id: user, username: 'somebody', team_id: 'T0' },
    trigger_id: 'trigger.1',
    container: { type: 'message', message_ts: ts, channel_id: CHANNEL },
    channel: { id: CHANNEL, name: 'approvals' },
    actions: [{ action_id: `guard_${button}`, value: id, type: 'button' }],
  };
}

/** The form that was sent off. */
export function submission(id: string, user: string, reason: string | null): JsonObject {
  return {
    type: 'view_submission',
    user: { id: user },
    view: {
      callback_id: 'guard_deny_reason',
      private_metadata: id,
      state: { values: { reason: { text: { type: 'plain_text_input', value: reason } } } },
    },
  };
}

/** Sends a payload as Slack does: as a form, signed. */
export async function signed(
  url: string,
  payload: JsonObject,
  options: { readonly secret?: string; readonly atS?: number; readonly signature?: string } = {},
): Promise<{ readonly status: number; readonly body: JsonObject | null }> {
  const { secret = SIGNING_SECRET, atS = Math.floor(Date.now() / 1000) } = options;
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const own = `v0=${createHmac('sha256', secret).update(`v0:${atS}:${body}`).digest('hex')}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(atS),
      'x-slack-signature': options.signature ?? own,
    },
    body,
  });
  const text = await response.text();
  const value: unknown = text === '' ? null : JSON.parse(text);
  return { status: response.status, body: isJsonObject(value) ? value : null };
}

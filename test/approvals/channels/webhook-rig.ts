import { randomBytes } from 'node:crypto';
import { CallbackListener } from '../../../src/approvals/channels/callback-listener.js';
import { WebhookChannel } from '../../../src/approvals/channels/webhook-channel.js';
import { type Clock, systemClock } from '../../../src/platform/clock.js';
import { type Got, httpDouble, shortWaits } from './http-double.js';

export const SECRET = 'the-secret-of-the-webhook';

/** What a webhook posts, as far as tests look at it. */
export interface WebhookBody {
  readonly event: string;
  readonly delivery: string;
  readonly request: { readonly id: string; readonly digest: string };
  readonly callback?: { readonly url: string; readonly token: string } | null;
  readonly end?: { readonly approver: string | null };
}

/** A receiver on loopback, and channels that post to it. */
export async function webhookRig() {
  const posts: (Got & { readonly value: WebhookBody })[] = [];
  const control = { replies: [] as { status: number; headers?: Record<string, string> }[], status: 200 };
  // What an earlier test still sends is none of the next one's.
  let turn = 0;
  const receiver = await httpDouble((got, response) => {
    if (!got.path.startsWith(`/hook/${turn}?`)) return void response.writeHead(404).end();
    posts.push({ ...got, value: JSON.parse(got.body) as WebhookBody });
    const reply = control.replies.shift() ?? { status: control.status };
    // Status 0 is a receiver that hangs.
    if (reply.status !== 0) response.writeHead(reply.status, reply.headers).end();
  });
  const address = (): string => `${receiver.url}/hook/${turn}?key=url-secret`;
  const waits = shortWaits();
  const refused: string[] = [];
  const notes: string[] = [];
  const open = (options: { readonly callback?: boolean; readonly clock?: Clock } = {}) => {
    const { callback = true, clock = systemClock() } = options;
    const listener = new CallbackListener({
      host: '127.0.0.1',
      port: 0,
      onRefused: (why, channel) => void refused.push(`${channel}: ${why}`),
    });
    const channel = new WebhookChannel({
      name: 'ops',
      url: address(),
      secret: SECRET,
      listener: callback ? listener : undefined,
      tokenKey: randomBytes(32),
      clock,
      schedule: waits.schedule,
      note: (text) => void notes.push(text),
    });
    return { channel, listener };
  };
  return {
    open,
    posts,
    control,
    waits,
    refused,
    notes,
    address,
    of: (id: string, event: string): WebhookBody | undefined =>
      posts.map(({ value }) => value).findLast((value) => value.request.id === id && value.event === event),
    reset() {
      turn += 1;
      posts.length = 0;
      refused.length = 0;
      notes.length = 0;
      waits.askedMs.length = 0;
      control.replies = [];
      control.status = 200;
    },
    close: () => receiver.close(),
  };
}

export type WebhookRig = Awaited<ReturnType<typeof webhookRig>>;

/** Answers a callback as a receiver does. */
export async function callBack(
  url: string,
  body: unknown,
  type = 'application/json',
): Promise<{ readonly status: number; readonly value: Record<string, unknown> }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: text });
  const answer = await response.text();
  return {
    status: response.status,
    value: answer === '' ? {} : (JSON.parse(answer) as Record<string, unknown>),
  };
}

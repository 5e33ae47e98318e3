import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { freePort, type MoreConfig } from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import type { JsonObject } from '../../src/platform/json.js';
import { verifies } from '../requirements.js';
import {
  APP_TOKEN,
  BOT_TOKEN,
  CHANNEL,
  press,
  signed,
  SIGNING_SECRET,
  slackDouble,
  type SlackDouble,
  submission,
} from '../approvals/channels/slack-double.js';
import { callBack, SECRET, webhookRig, type WebhookRig } from '../approvals/channels/webhook-rig.js';
import { useGateway } from './gateway-peers.js';

const sandbox = useSandbox();
const { serve, connect } = useGateway();
let slack: SlackDouble;
let hook: WebhookRig;
beforeAll(async () => {
  slack = await slackDouble();
  hook = await webhookRig();
});
afterEach(() => {
  slack.reset();
  hook.reset();
});
afterAll(async () => {
  await slack.close();
  await hook.close();
});

const SECRETS = {
  HOOK_SECRET: SECRET,
  SLACK_BOT: BOT_TOKEN,
  SLACK_APP: APP_TOKEN,
  SLACK_SIGNING: SIGNING_SECRET,
};

const ops = () => ({ type: 'webhook', name: 'ops', url: hook.address(), secret: '${HOOK_SECRET}' });

/** Channels to the doubles, and a rule that asks in these of them. */
function configOf(channels: readonly string[], more: object = {}, rule: object = {}) {
  return {
    approval: {
      timeout: '1m',
      callback: {},
      channels: [
        'terminal',
        ops(),
        {
          type: 'slack',
          bot_token: '${SLACK_BOT}',
          app_token: '${SLACK_APP}',
          channel: CHANNEL,
          approvers: ['U0ANA'],
          api_url: slack.apiUrl(),
        },
      ],
      ...more,
    },
    policies: {
      rules: [
        {
          name: 'ask',
          match: { tool: '*write*' },
          action: 'require_approval',
          approval: { ...(channels.length === 0 ? {} : { channels }), ...rule },
        },
      ],
    },
  };
}

/** guard before the echo server, with a call that waits. */
async function held(home: Sandbox, config: object) {
  home.writeConfig(JSON.stringify({ version: '1', ...config }));
  const guard = home.guard({ server: ['echo', home.received], env: SECRETS });
  await guard.ask(0, 'tools/list');
  guard.say({ id: 1, method: 'tools/call', params: { name: 'write', arguments: { text: `a ${SECRET}` } } });
  return guard;
}

const requested = () =>
  eventually('the post', () =>
    hook.posts.map(({ value }) => value).find(({ event }) => event === 'approval_requested'),
  );
const posts = () =>
  hook.posts.map(({ value }) => value).filter(({ event }) => event === 'approval_requested');

/** So many of them, once there are. */
const oneMore = (keys: readonly string[], count: number): readonly string[] | undefined =>
  keys.length >= count ? keys : undefined;
const isWordTo =
  (user: string, words: string) =>
  ({ method, body }: { readonly method: string; readonly body: JsonObject }): boolean =>
    method === 'chat.postEphemeral' && body['user'] === user && JSON.stringify(body['text']).includes(words);
const posted = () => eventually('the message', () => [...slack.messages.keys()][0]);
const events = (home: Sandbox, name: string) =>
  home.records().filter((record) => record.type === 'event' && record.event === name);
const quiet = (home: Sandbox, stderr: string): void => {
  const everything = `${JSON.stringify(home.records())}${stderr}${JSON.stringify(hook.posts.map(({ body }) => body))}${JSON.stringify([...slack.messages.values()])}`;
  for (const secret of Object.values(SECRETS)) expect(everything).not.toContain(secret);
};

describe('the stdio door', () => {
  verifies('approval:outside:doors');

  test('a callback of the webhook releases the call, and Slack says who it was', async () => {
    const home = sandbox();
    const guard = await held(home, configOf(['ops', 'slack']));
    const { callback, request } = await requested();
    await posted();
    const reply = await callBack(callback?.url ?? '', {
      token: callback?.token,
      decision: 'approved',
      approver: 'ana',
    });
    expect(reply.status).toBe(200);
    await eventually('the answer', () => guard.answers(1)[0]);
    const decided = home
      .records()
      .find((record) => record.type === 'decision' && record.decision === 'allow' && record.tool === 'write');
    expect(decided).toMatchObject({
      approval: { approver: 'ana', channel: 'ops', presence: 'webhook', id: request.id },
    });
    await eventually('the end in Slack', () => slack.messageOf(request.id)?.isOpen === false);
    expect(slack.messageOf(request.id)?.text).toContain('Approved by `ana` (`ops`)');
    await guard.finish();
    quiet(home, guard.stderr);
  });

  test('a button in Slack releases the call by Socket Mode', async () => {
    const home = sandbox();
    const guard = await held(home, configOf(['slack']));
    const ts = await posted();
    await eventually('the connection', () => slack.sockets.size > 0);
    const id = /apr_[a-z0-9]{20}/.exec(JSON.stringify(slack.messages.get(ts)))?.[0] ?? '';
    slack.envelope(press('approve', id, 'U0EVE', ts));
    await eventually('the refusal', () => events(home, 'approval-answer-refused').length === 1);
    // Until guard knows where its message stands, a press in it does not count.
    await eventually('the answer', () => {
      slack.envelope(press('approve', id, 'U0ANA', ts));
      return guard.answers(1)[0];
    });
    const decided = home.records().findLast((record) => record.type === 'decision');
    expect(decided).toMatchObject({ decision: 'allow', approval: { approver: 'U0ANA', presence: 'slack' } });
    await guard.finish();
    quiet(home, guard.stderr);
  });

  test('a press that Slack gives to another guard process of this user reaches the one that holds the call', async () => {
    verifies('approval:slack:forwarded');
    const home = sandbox();
    const first = await held(home, configOf(['slack']));
    const [firstTs = ''] = await eventually('the message', () => oneMore([...slack.messages.keys()], 1));
    await eventually('the connection', () => slack.sockets.size === 1);
    const second = await held(home, configOf(['slack']));
    const [, secondTs = ''] = await eventually('both messages', () => oneMore([...slack.messages.keys()], 2));
    await eventually('both connections', () => slack.sockets.size === 2);
    const idOf = (ts: string): string =>
      /apr_[a-z0-9]{20}/.exec(JSON.stringify(slack.messages.get(ts)))?.[0] ?? '';
    // Each press comes by the connection of the other process. Until guard knows where its message stands none counts.
    await eventually('the first answer', () => {
      slack.envelope(press('approve', idOf(firstTs), 'U0ANA', firstTs), undefined, 1);
      return first.answers(1)[0];
    });
    const idOfSecond = idOf(secondTs);
    slack.envelope(submission(idOfSecond, 'U0EVE', 'not mine to say'), undefined, 0);
    await eventually('the refusal', () => events(home, 'approval-answer-refused').length > 0);
    await eventually('the word to the person alone', () => slack.calls.some(isWordTo('U0EVE', 'not one of')));
    slack.envelope(submission(idOfSecond, 'U0ANA', 'too late today'), undefined, 0);
    const denied = await eventually('the second answer', () => second.answers(1)[0]);
    expect(JSON.stringify(denied)).toContain('too late today');
    slack.envelope(press('approve', 'apr_00000000000000000000', 'U0ANA', firstTs), undefined, 0);
    await eventually('the honest answer', () =>
      slack.calls.some(isWordTo('U0ANA', 'No guard on this machine')),
    );
    await first.finish();
    await second.finish();
    quiet(home, `${first.stderr}${second.stderr}`);
  });

  test('a button in Slack releases the call by a signed request to the callback', async () => {
    const home = sandbox();
    const port = await freePort();
    const slackByHttp = {
      type: 'slack',
      name: 'chat',
      bot_token: '${SLACK_BOT}',
      signing_secret: '${SLACK_SIGNING}',
      channel: CHANNEL,
      approvers: ['U0ANA'],
      api_url: slack.apiUrl(),
    };
    const config = configOf(['chat'], { callback: { port }, channels: ['terminal', ops(), slackByHttp] });
    const guard = await held(home, config);
    const ts = await posted();
    const id = /apr_[a-z0-9]{20}/.exec(JSON.stringify(slack.messages.get(ts)))?.[0] ?? '';
    const url = `http://127.0.0.1:${port}/approvals/chat`;
    expect((await signed(url, press('approve', id, 'U0ANA', ts), { secret: 'a forged one' })).status).toBe(
      401,
    );
    await eventually('the record', () => events(home, 'approval-answer-refused').length === 1);
    // A flood is counted, not written down.
    for (let count = 0; count < 30; count += 1) {
      const forged = await signed(url, press('approve', id, 'U0ANA', ts), { secret: 'a forged one' });
      expect(forged.status).toBe(401);
    }
    const why = 'its signature is not made with the signing secret';
    const ofForged = (): unknown[] =>
      events(home, 'approval-answer-refused').flatMap((record) => {
        const detail = record.type === 'event' ? (record.detail as JsonObject) : {};
        return detail['why'] === why ? [[detail['channel'], detail['count']]] : [];
      });
    expect(ofForged()).toEqual([['chat', 1]]);
    // Until guard knows where its message stands, a press in it does not count; each is another request.
    let atS = Math.floor(Date.now() / 1000);
    const pressing = setInterval(
      () => void signed(url, press('approve', id, 'U0ANA', ts), { atS: (atS -= 1) }).catch(() => undefined),
      50,
    );
    await eventually('the answer', () => guard.answers(1)[0]).finally(() => clearInterval(pressing));
    const decided = home.records().findLast((record) => record.type === 'decision');
    expect(decided).toMatchObject({ decision: 'allow', approval: { approver: 'U0ANA', channel: 'chat' } });
    await guard.finish();
    expect(ofForged()).toEqual([
      ['chat', 1],
      ['chat', 30],
    ]);
    quiet(home, guard.stderr);
  });

  test('a call that waits when guard ends is shown as withdrawn', async () => {
    const home = sandbox();
    const guard = await held(home, configOf(['slack']));
    const ts = await posted();
    await eventually('the connection', () => slack.sockets.size > 0);
    await eventually('the end in Slack', () => {
      guard.child.stdin.end();
      return JSON.stringify(slack.messages.get(ts)).includes('Withdrawn');
    });
    await guard.ended;
  });
});

describe('a delivery that fails', () => {
  verifies('approval:delivery:shown');

  test('is recorded and shown on the request, which stays open in the other channels', async () => {
    const home = sandbox();
    hook.control.status = 410;
    const guard = await held(home, configOf(['terminal', 'ops']));
    await eventually('the record', () => events(home, 'approval-undelivered').length === 1);
    const why = 'it answered with status 410';
    expect(events(home, 'approval-undelivered')[0]).toMatchObject({ detail: { channel: 'ops', why } });
    expect(await listed(home)).toEqual([expect.objectContaining({ channel: 'ops', why })]);
    await guard.finish();
    quiet(home, guard.stderr);
  });

  test('denies the call at once where nobody else can be asked, also where time would let it pass', async () => {
    const home = sandbox();
    hook.control.status = 410;
    const guard = await held(home, configOf(['ops'], { default_on_timeout: 'allow' }));
    const answer = await eventually('the denial', () => guard.answers(1)[0]);
    expect(JSON.stringify(answer)).toContain('nobody could be reached (ops: it answered with status 410)');
    expect(JSON.stringify(answer)).toContain('approval_unavailable');
    expect(home.receivedLines().filter((line) => line.includes('tools/call'))).toEqual([]);
    await guard.finish();
  });

  test('asks the delegates at once, without waiting for their time', async () => {
    const home = sandbox();
    hook.control.status = 410;
    const delegates = { escalation_after: '50s', delegates: ['slack'] };
    const guard = await held(home, configOf(['ops'], {}, delegates));
    await posted();
    await eventually('the record', () => events(home, 'approval-escalated').length === 1);
    await guard.finish();
  });
});

test('approval.escalation asks its channels later, and not before', async () => {
  verifies('approval:escalation:default');
  const home = sandbox();
  const guard = await held(home, configOf([], { escalation: { after: '1s', channels: ['slack'] } }));
  const { request } = await requested();
  expect(request).toMatchObject({ channels: ['terminal', 'ops'] });
  await posted();
  const updated = await eventually('the change', () => hook.of(request.id, 'approval_updated'));
  expect(updated.request).toMatchObject({ channels: ['terminal', 'ops', 'slack'] });
  await guard.finish();
});

describe('beside approvers', () => {
  verifies('approval:unsigned:named');
  const approvers = [{ name: 'alice', public_key: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }];

  test('Slack and webhook only tell, and a call that only they show is denied', async () => {
    const home = sandbox();
    const guard = await held(home, configOf([], { approvers }));
    expect((await requested()).callback).toBeNull();
    const ts = await posted();
    expect(JSON.stringify(slack.messages.get(ts))).not.toContain('guard_approve');
    await guard.finish();
    const other = sandbox();
    const alone = await held(other, configOf(['ops', 'slack'], { approvers }));
    const denial = JSON.stringify(await eventually('the denial', () => alone.answers(1)[0]));
    expect(denial).toContain('nobody can be asked: ops and slack can only notify.');
    await alone.finish();
  });

  test('a channel that the config names for it counts without a signature', async () => {
    const home = sandbox();
    const guard = await held(home, configOf(['ops'], { approvers, unsigned_channels: ['ops'] }));
    const { callback } = await requested();
    const answer = { token: callback?.token, decision: 'approved', approver: 'ana' };
    expect((await callBack(callback?.url ?? '', answer)).status).toBe(200);
    await eventually('the answer', () => guard.answers(1)[0]);
    const decided = home.records().findLast((record) => record.type === 'decision');
    expect(decided).toMatchObject({ decision: 'allow', approval: { presence: 'webhook', approver: 'ana' } });
    await guard.finish();
  });
});

describe('guard serve', () => {
  verifies('approval:outside:doors');

  test('asks and is answered by the same channels for all sessions', async () => {
    // As plain text in the file they are shown nowhere either.
    const plain = JSON.stringify(configOf(['ops', 'slack'])).replaceAll(
      /\$\{(\w+)\}/g,
      (_, name: keyof typeof SECRETS) => SECRETS[name],
    );
    const upstream = {
      name: 'files',
      command: process.execPath,
      args: [serverFile('echo')],
      namespaced: false,
    };
    const { sandbox: home, gateway } = await serve([upstream], JSON.parse(plain) as MoreConfig);
    const url = `${gateway.base}/mcp`;
    const one = await connect({ kind: 'v1', url, person: null });
    const other = await connect({ kind: 'v2 auto', url, person: null });
    const calls = [one.call('write'), other.call('write')];
    await eventually('both messages', () => slack.messages.size === 2);
    await eventually('both posts', () => posts().length === 2);
    await eventually('the connection', () => slack.sockets.size > 0);
    expect(slack.control.connections).toBe(1);
    for (const { callback } of posts()) {
      const answer = { token: callback?.token, decision: 'approved', approver: 'ana' };
      expect((await callBack(callback?.url ?? '', answer)).status).toBe(200);
    }
    expect(await Promise.all(calls)).toEqual([
      { isError: false, text: 'did write' },
      { isError: false, text: 'did write' },
    ]);
    await eventually('both ends', () =>
      [...slack.messages.values()].every((message) => JSON.stringify(message).includes('Approved')),
    );
    quiet(home, gateway.process.stderr);
  });
});

/** What `guard approve --list --json` says of the deliveries of the one call that waits. */
async function listed(home: Sandbox): Promise<unknown> {
  const list = home.spawn([process.execPath, builtGuard(), 'approve', '--list', '--json']);
  await list.ended;
  const request = JSON.parse(list.lines.join('')) as { readonly undelivered: unknown };
  const shown = home.spawn([process.execPath, builtGuard(), 'approve', '--list']);
  await shown.ended;
  expect(shown.lines.join('\n')).toContain('not delivered to ops: it answered with status 410');
  return request.undelivered;
}

import { within } from '../support/eventually.js';
import { type ClientEra, type Exchange, McpClient } from '../support/mcp-client.js';

export interface Interleaved {
  readonly calls: number;
  /** Notifications of progress that reached their asker. */
  readonly progress: number;
  /** What went to somebody else, or came wrong or not at all. */
  readonly mistakes: readonly string[];
}

/** Connections of one client: as many calls as this are under way at once. */
const AT_ONCE = 16;
const STEPS_MAX = 3;
const MISTAKES_KEPT = 20;

/**
 * Two clients of one era call at the same time with the same ids and the same progress tokens: each answer and
 * each notification says whose it is. `calls` is the sum of both. Where the target drops notifications by
 * design, `withProgress` false leaves them out.
 */
export async function interleave(
  url: string,
  era: ClientEra,
  calls: number,
  withProgress = true,
): Promise<Interleaved> {
  const mistakes: string[] = [];
  let progress = 0;
  let done = 0;
  const clients = await Promise.all(['anna', 'bert'].map((name) => connect(url, era, name)));
  const each = calls / clients.length;
  await Promise.all(
    clients.flatMap(({ name, connections }) =>
      connections.map(async (connection, lane) => {
        for (let turn = lane; turn < each; turn += AT_ONCE) {
          const steps = withProgress ? turn % (STEPS_MAX + 1) : 0;
          const ask = { id: idOf(turn), token: tokenOf(turn), text: `${name} ${turn}`, steps };
          const found = await callOnce(connection, ask);
          done += 1;
          progress += found.progress;
          if (found.mistake !== null && mistakes.length < MISTAKES_KEPT) mistakes.push(found.mistake);
        }
      }),
    ),
  );
  await Promise.all(clients.map(({ connections }) => hangUp(connections)));
  return { calls: done, progress, mistakes };
}

interface Ask {
  readonly id: number | string;
  readonly token: number | string;
  readonly text: string;
  readonly steps: number;
}

/** Numbers and texts that look like numbers: 8 and "8" are two ids. */
function idOf(turn: number): number | string {
  return turn % 3 === 0 ? String(turn) : turn;
}

function tokenOf(turn: number): number | string {
  return turn % 2 === 0 ? turn : `token-${turn}`;
}

async function connect(
  url: string,
  era: ClientEra,
  name: string,
): Promise<{ readonly name: string; readonly connections: readonly McpClient[] }> {
  const first = new McpClient(url, era);
  await first.open();
  const others = Array.from({ length: AT_ONCE - 1 }, () => first.sibling());
  return { name, connections: [first, ...others] };
}

async function hangUp([first, ...others]: readonly McpClient[]): Promise<void> {
  for (const other of others) other.close();
  await first?.end();
}

async function callOnce(
  client: McpClient,
  ask: Ask,
): Promise<{ readonly progress: number; readonly mistake: string | null }> {
  const { id, token, text, steps } = ask;
  let exchange: Exchange;
  try {
    exchange = await within('an answer', client.call(id, 'echo', { text, steps }, token));
  } catch (error) {
    return { progress: 0, mistake: `${text}: ${String(error)}` };
  }
  const own = exchange.notifications.filter(
    ({ method, params }) =>
      method === 'notifications/progress' && params?.progressToken === token && params.message === text,
  );
  return { progress: own.length, mistake: mistakeIn(exchange, ask, own.length) };
}

function mistakeIn(exchange: Exchange, { id, text, steps }: Ask, own: number): string | null {
  const { answer, strangers, notifications, status } = exchange;
  const called = `${text} (id ${JSON.stringify(id)})`;
  if (strangers.length > 0) return `${called} got another's answer: ${JSON.stringify(strangers[0])}`;
  if (answer === undefined) return `${called} got no answer, status ${status}`;
  const said = answer.result?.content?.[0]?.text;
  if (said !== text) return `${called} got ${JSON.stringify(answer)}`;
  const foreign = notifications.length - own;
  if (foreign > 0) return `${called} got ${foreign} foreign notifications: ${JSON.stringify(notifications)}`;
  return own === steps ? null : `${called} got ${own} of ${steps} notifications`;
}

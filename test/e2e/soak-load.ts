import { within } from '../support/eventually.js';
import { type ClientEra, type Exchange, McpClient } from '../support/mcp-client.js';
import type { Random } from '../support/random.js';

/** What the clients of a soak met. */
export class SoakCount {
  right = 0;
  /** Calls that were told that they failed, by what they were told. */
  readonly refused = new Map<string, number>();
  left = 0;
  /** Sessions that nobody ended. */
  abandoned = 0;
  readonly mistakes: string[] = [];

  get calls(): number {
    return this.right + [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }

  mistake(text: string): void {
    if (this.mistakes.length < MISTAKES_KEPT) this.mistakes.push(text);
  }

  refuse(why: string): void {
    this.refused.set(why, (this.refused.get(why) ?? 0) + 1);
  }
}

const MISTAKES_KEPT = 20;
const OWN = /^soak \w+ \d+$/;
/** One client in so many goes without ending its session, as one that crashed does. */
const ABANDONS = 10;

/** A client that calls without rest until it is told to stop. Every answer must be its own, or say why there is none. */
export async function callWithoutRest(
  url: string,
  era: ClientEra,
  name: string,
  count: SoakCount,
  over: () => boolean,
): Promise<void> {
  const client = new McpClient(url, era);
  await client.open();
  for (let turn = 0; !over(); turn++) {
    const text = `soak ${name} ${turn}`;
    try {
      const exchange = await within(
        'an answer',
        client.call(turn % 50, 'echo', { text, steps: 2 }, turn % 50),
      );
      judge(exchange, text, count);
      // A session may end with its server; its client then begins another one.
      if (exchange.status === 404) await client.open();
    } catch (error) {
      count.mistake(`${text}: ${String(error)}`);
      return;
    }
  }
  await client.end();
}

/** One call of a fresh client: what it was told, or undefined when that was right. */
export async function probe(url: string, era: ClientEra, tool: string, text: string): Promise<Exchange> {
  const client = new McpClient(url, era);
  await client.open();
  try {
    return await within('an answer', client.call(1, tool, { text }));
  } finally {
    await client.end();
  }
}

/** A client that goes away in the middle of a call that would never be answered. */
export async function leave(url: string, era: ClientEra, random: Random, count: SoakCount): Promise<void> {
  const client = new McpClient(url, era);
  await client.open();
  const call = client.call(1, 'hang', {}).catch(() => undefined);
  await new Promise((resolve) => {
    setTimeout(resolve, random.below(300));
  });
  count.left += 1;
  const other = client.sibling();
  client.close();
  await call;
  if (era === 'legacy' && random.below(ABANDONS) === 0) {
    count.abandoned += 1;
    other.close();
  } else {
    await other.end();
  }
}

function judge(exchange: Exchange, text: string, count: SoakCount): void {
  const { status, answer, refusal, strangers } = exchange;
  if (strangers.length > 0)
    return count.mistake(`${text} got another's answer: ${JSON.stringify(strangers)}`);
  const error = answer?.error ?? refusal;
  if (error !== undefined) return count.refuse(`${status} ${error.code}`);
  const said = answer?.result?.content?.[0]?.text;
  if (said === text) {
    const foreign = exchange.notifications.filter(({ params }) => params?.message !== text);
    if (foreign.length > 0)
      return count.mistake(`${text} got foreign notifications: ${JSON.stringify(foreign)}`);
    count.right += 1;
  } else if (answer?.result?.isError === true && !OWN.test(said ?? '')) {
    count.refuse(`tool error: ${(said ?? '').slice(0, 80)}`);
  } else {
    count.mistake(`${text} got status ${status}, ${JSON.stringify(answer)}`);
  }
}

// The load of the gateway bench, a process of its own: one order as JSON per line in, one reply per line out.
import { createInterface } from 'node:readline';
import { McpClient } from '../support/mcp-client.js';
import type { Order, Reply } from './load-process.js';
import { median } from './measures.js';

/** Between two bursts of paced calls. */
const PACE_MS = 40;
const BIG_BYTES = 8 * 1024 * 1024 - 100;
const TEXT = 'the quick brown fox jumps over the lazy dog';
const ARGS = { path: '/srv/data/report.txt', lines: 40, text: TEXT };
const CALL = { name: 'echo', arguments: ARGS };

const groups = new Map<string, McpClient[]>();
let lastId = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  let reply: Reply;
  try {
    reply = await obey(order);
  } catch (error) {
    reply = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function obey(order: Order): Promise<Reply> {
  switch (order.op) {
    case 'ready':
      return { value: await untilListed(order.url) };
    case 'open':
      return open(order);
    case 'latency':
      return { value: await latencyUs(group(order.name), order.count) };
    case 'throughput':
      return { value: await callsPerSecond(group(order.name), order.count) };
    case 'paced':
      return { value: await paced(group(order.name), order.count, order.perSecond) };
    case 'big':
      return big(group(order.name), order.count);
    case 'close':
      for (const client of group(order.name)) await client.end();
      groups.delete(order.name);
      return { value: 0 };
  }
}

async function open({ name, url, era, connections }: Extract<Order, { op: 'open' }>): Promise<Reply> {
  const clients = Array.from({ length: connections }, () => new McpClient(url, era));
  for (const client of clients) await client.open();
  groups.set(name, clients);
  return { value: clients.length };
}

function group(name: string): McpClient[] {
  const clients = groups.get(name);
  if (clients === undefined) throw new Error(`no connections are open to ${name}`);
  return clients;
}

/** Milliseconds until a client that asks without rest has a session and the list of tools. */
async function untilListed(url: string): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const client = new McpClient(url, 'legacy');
    try {
      await client.open();
      const { answer } = await client.request(1, 'tools/list');
      if (answer?.result !== undefined) return performance.now() - begin;
    } catch {
      // Nobody listens yet.
    } finally {
      client.close();
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}

/** One call; fails unless the answer is the one to this call. */
async function callOnce(client: McpClient, headers: Record<string, string>): Promise<void> {
  lastId += 1;
  const id = lastId;
  const { status, body } = await client.raw(headers, client.body(id, 'tools/call', CALL));
  const text = body.toString('latin1');
  if (status === 200 && text.includes(`"id":${id}`) && text.includes(TEXT)) return;
  throw new Error(`call ${id} got ${status} ${text.slice(0, 500)}`);
}

/** Median round trip in microseconds, one call after the other. */
async function latencyUs(clients: readonly McpClient[], count: number): Promise<number> {
  const [client] = clients;
  if (client === undefined) return 0;
  const headers = client.headers('tools/call', CALL);
  const times: number[] = [];
  for (let done = 0; done < count; done++) {
    const begin = performance.now();
    await callOnce(client, headers);
    times.push((performance.now() - begin) * 1000);
  }
  return median(times);
}

/** Every connection calls as soon as its last answer is there. */
async function callsPerSecond(clients: readonly McpClient[], count: number): Promise<number> {
  let left = count;
  const worker = async (client: McpClient): Promise<void> => {
    const headers = client.headers('tools/call', CALL);
    while (left > 0) {
      left -= 1;
      await callOnce(client, headers);
    }
  };
  const begin = performance.now();
  await Promise.all(clients.map(worker));
  return (count / (performance.now() - begin)) * 1000;
}

/** So many calls at a steady pace, a few each time; seconds that they took. */
async function paced(clients: readonly McpClient[], count: number, perSecond: number): Promise<number> {
  const headers = clients.map((client) => client.headers('tools/call', CALL));
  const begin = performance.now();
  for (let done = 0; done < count;) {
    const due = Math.min(count, Math.ceil(((performance.now() - begin) / 1000) * perSecond));
    const calls = clients.slice(0, due - done);
    await Promise.all(calls.map((client, index) => callOnce(client, headers[index] ?? {})));
    done += calls.length;
    await new Promise((resolve) => {
      setTimeout(resolve, PACE_MS);
    });
  }
  return (performance.now() - begin) / 1000;
}

/** Results of 8 MB, one after the other: the median time of one in milliseconds, and how many came whole. */
async function big(clients: readonly McpClient[], count: number): Promise<Reply> {
  const [client] = clients;
  if (client === undefined) return { value: 0, delivered: 0 };
  const call = { name: 'big', arguments: {} };
  const times: number[] = [];
  let delivered = 0;
  for (let done = 0; done < count; done++) {
    lastId += 1;
    const begin = performance.now();
    const { status, body } = await client.raw(
      client.headers('tools/call', call),
      client.body(lastId, 'tools/call', call),
    );
    times.push(performance.now() - begin);
    if (status === 200 && body.length > BIG_BYTES) delivered += 1;
  }
  return { value: median(times), delivered };
}

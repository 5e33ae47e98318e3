import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OwnedConnection, SessionClient } from '../../../src/gateway/upstreams/connection.js';
import { UpstreamUnavailable } from '../../../src/gateway/upstreams/failure.js';
import type { EraPlan } from '../../../src/gateway/upstreams/handshake.js';
import { connectionOpener } from '../../../src/gateway/upstreams/open-connection.js';
import { QUEUE_BYTES_MAX, REPLY_BYTES_MAX, UPSTREAM_PROBE_MS } from '../../../src/platform/bounds.js';
import type { UpstreamDefinition, UpstreamTransport } from '../../../src/upstream/definition.js';
import { verifies } from '../../requirements.js';
import { serverFile } from '../../support/built-guard.js';
import { eventually, pause, within } from '../../support/eventually.js';
import { heldTime } from '../../support/held-time.js';
import type { Sandbox } from '../../support/sandbox.js';
import { useSandbox } from '../../support/use-sandbox.js';
import { definitionOf, fixture, Listener, published, rigOf, type Rig } from './rig.js';

verifies(
  'gateway:upstream:isolation',
  'gateway:upstream:era',
  'gateway:upstream:failure-class',
  'gateway:upstream:noise',
);

const sandboxOf = useSandbox();
/** A program that answers each line with an error. */
const REFUSES = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line);
  console.log(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -1, message: 'no' } }));
})`;
/** A legacy server that reads nothing after its handshake until SIGUSR2; `then` is what it does meanwhile. */
function stopsReading(then: string): UpstreamTransport {
  const script = `process.stdin.setEncoding('utf8').on('data', (text) => {
    for (const line of text.split('\\n').filter(Boolean)) {
      const { id, method } = JSON.parse(line);
      const answer = (rest) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...rest }) + '\\n');
      if (method === 'server/discover') answer({ error: { code: -32601, message: 'no' } });
      if (method === 'initialize') answer({ result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {}, got: JSON.parse(line).params } });
      if (method === 'notifications/initialized') { process.stdin.pause(); ${then} }
    }
  }).on('end', () => process.exit(0));
  process.on('SIGUSR2', () => process.stdin.resume());`;
  return { kind: 'stdio', command: process.execPath, args: ['-e', script], env: {}, cwd: undefined };
}
const NEVER = new AbortController().signal;

interface Opened {
  readonly connection: OwnedConnection;
  readonly heard: Listener;
  readonly rig: Rig;
}

async function open(
  sandbox: Sandbox,
  transport: UpstreamTransport,
  {
    plan = 'probe',
    client,
    rig = rigOf(sandbox),
  }: { plan?: EraPlan; client?: SessionClient; rig?: Rig } = {},
): Promise<Opened> {
  const request = { definition: definitionOf(transport), plan, signal: NEVER };
  const connection = await connectionOpener(rig)(client === undefined ? request : { ...request, client });
  const heard = new Listener();
  connection.listen(heard);
  return { connection, heard, rig };
}

/** Why the upstream cannot be used. */
async function troubleWith(
  rig: Rig,
  definition: UpstreamDefinition,
  signal: AbortSignal = NEVER,
): Promise<UpstreamUnavailable> {
  const failure: unknown = await connectionOpener(rig)({ definition, plan: 'probe', signal }).catch(
    (error: unknown) => error,
  );
  if (failure instanceof UpstreamUnavailable) return failure;
  throw new Error(`expected UpstreamUnavailable, got ${String(failure)}`);
}

describe('published servers over stdio', () => {
  test('server-filesystem is a legacy server, and its tools can be listed and called', async () => {
    const sandbox = sandboxOf();
    fs.writeFileSync(path.join(sandbox.project, 'a.txt'), 'hello');
    const { connection, heard } = await open(
      sandbox,
      published('@modelcontextprotocol/server-filesystem', sandbox.project),
    );
    expect(connection.facts).toMatchObject({ era: 'legacy', revision: '2025-11-25' });
    const list = await heard.ask(connection, 1, 'tools/list');
    expect(list.result?.['tools']).not.toHaveLength(0);
    const call = { name: 'read_text_file', arguments: { path: path.join(sandbox.project, 'a.txt') } };
    const answer = await heard.ask(connection, 2, 'tools/call', call);
    expect(JSON.stringify(answer.result)).toContain('hello');
    await connection.close();
  });

  test('server-everything keeps what it said of itself whole', async () => {
    const { connection, heard } = await open(
      sandboxOf(),
      published('@modelcontextprotocol/server-everything', 'stdio'),
    );
    expect(connection.facts.result).toMatchObject({ capabilities: { tools: {} }, serverInfo: {} });
    expect((await heard.ask(connection, 1, 'tools/list')).result?.['tools']).not.toHaveLength(0);
    await connection.close();
  });
});

describe('eras over stdio', () => {
  test('a server of both eras is taken for a modern one', async () => {
    const { connection } = await open(sandboxOf(), fixture('sdk-modern'));
    expect(connection.facts).toMatchObject({ era: 'modern', revision: '2026-07-28' });
    await connection.close();
  });

  test('the session of a legacy client speaks legacy with it', async () => {
    const client: SessionClient = {
      era: 'legacy',
      capabilities: { elicitation: {} },
      clientInfo: { name: 'claude', version: '1' },
    };
    const { connection } = await open(sandboxOf(), fixture('sdk-modern'), { plan: 'legacy', client });
    expect(connection.facts.era).toBe('legacy');
    await connection.close();
  });

  test('a modern server that knows no initialize is found in both ways', async () => {
    const sandbox = sandboxOf();
    for (const plan of ['probe', 'legacy', 'modern'] as const) {
      const { connection } = await open(sandbox, fixture('modern'), { plan });
      expect(connection.facts.era).toBe('modern');
      await connection.close();
    }
  });

  test('a server that ends on the probe is started once more, with initialize', async () => {
    const { connection, rig } = await open(sandboxOf(), fixture('strict-start', 'exit'));
    expect(connection.facts.era).toBe('legacy');
    await eventually('the last message', () => rig.stderr.at(-1)?.includes('initialized'));
    expect(rig.stderr.filter((line) => line.includes('got'))).toEqual([
      'files: got server/discover',
      'files: got initialize',
      'files: got notifications/initialized',
    ]);
    await connection.close();
  });

  test('a server that hangs on the probe is started once more, with initialize', async () => {
    const sandbox = sandboxOf();
    const time = heldTime();
    const rig = rigOf(sandbox, time);
    const opening = open(sandbox, fixture('strict-start', 'hang'), { rig });
    await eventually('the probe', () => rig.stderr.includes('files: got server/discover'));
    time.pass(UPSTREAM_PROBE_MS);
    const { connection } = await within('the connection', opening);
    expect(connection.facts.era).toBe('legacy');
    await connection.close();
  });
});

describe('servers that cannot be used', () => {
  const missing = { kind: 'stdio', args: [], env: {}, cwd: undefined } as const;
  const rows: readonly (readonly [string, UpstreamTransport, string, RegExp])[] = [
    [
      'a program that is not there',
      { ...missing, command: 'no-such-program' },
      'not-found',
      /"no-such-program" was not found/,
    ],
    [
      'a folder that is not there',
      { ...fixture('echo'), cwd: '/no/such/folder' } as UpstreamTransport,
      'not-found',
      /folder "\/no\/such\/folder".* does not exist/,
    ],
    [
      'a file that is no program',
      { ...missing, command: serverFile('echo') },
      'not-executable',
      /may not be executed/,
    ],
    [
      'a server that exits at once',
      fixture('exit-at-once'),
      'exited',
      /exited with code \d+ before it was ready/,
    ],
    [
      'a program that refuses every message',
      { ...missing, command: process.execPath, args: ['-e', REFUSES] },
      'handshake',
      /answered initialize with an error \(-1\): no/,
    ],
  ];
  test.each(rows)('%s', async (_what, transport, failureClass, message) => {
    const failure = await troubleWith(rigOf(sandboxOf()), definitionOf(transport));
    expect(failure.failureClass).toBe(failureClass);
    expect(failure.message).toMatch(/^the server "files" /);
    expect(failure.message).toMatch(message);
  });

  test('a server that never answers is given up after its time, and ended', async () => {
    const time = heldTime();
    const rig = rigOf(sandboxOf(), time);
    const trouble = troubleWith(rig, definitionOf(fixture('hang'), { startTimeoutMs: 90_000 }));
    const readies = (count: number): Promise<unknown> =>
      eventually('the server', () => rig.stderr.filter((line) => line.includes('ready')).length === count);
    await readies(1);
    time.pass(UPSTREAM_PROBE_MS);
    await readies(2);
    time.pass(90_000);
    const failure = await within('the failure', trouble);
    expect(failure.failureClass).toBe('start-timeout');
    expect(failure.message).toBe('the server "files" was not ready within 90 s');
  });

  test('a start that is given up leaves nothing behind', async () => {
    const rig = rigOf(sandboxOf());
    const controller = new AbortController();
    const trouble = troubleWith(rig, definitionOf(fixture('hang')), controller.signal);
    await eventually('the server', () => rig.stderr.length > 0);
    controller.abort();
    expect((await within('the end', trouble)).failureClass).toBe('stopped');
  });

  test('no value of its variables shows in what is said of it', async () => {
    const transport = fixture('echo') as UpstreamTransport & { kind: 'stdio' };
    const secret = 'sk-very-secret';
    const definition = definitionOf({ ...transport, command: secret, env: { TOKEN: secret } });
    const failure = await troubleWith(rigOf(sandboxOf()), definition);
    expect(failure.message).not.toContain(secret);
    expect(failure.message).toContain('[secret]');
  });
});

describe('what a server says', () => {
  test('lines that are no message are noted, told and dropped; the rest comes in order', async () => {
    const { connection, heard, rig } = await open(sandboxOf(), fixture('garbage-lines'));
    const answer = await heard.ask(connection, 1, 'tools/list');
    expect(answer.result).toBeDefined();
    expect(heard.kinds).toEqual(['answer']);
    expect(heard.lost.length).toBeGreaterThan(5);
    expect(heard.lost.find(({ id }) => id === 1)).toMatchObject({ reason: 'garbled' });
    expect(rig.notes.join('')).toContain('the server "files" wrote a line that is no message');
    expect(heard.reads).toBeGreaterThan(0);
    await connection.close();
  });

  test('an answer above the bound is told with the id of its request', async () => {
    const { connection, heard } = await open(sandboxOf(), fixture('huge-line'));
    connection.send([Buffer.from('{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"x"}}\n')]);
    const [lost] = await eventually('the dropped line', () => heard.lost.length > 0 && heard.lost);
    expect(lost).toMatchObject({ reason: 'too-large', id: 5 });
    await connection.close();
  });

  test('what it asks of the client is answered by guard where all clients share it', async () => {
    const sandbox = sandboxOf();
    const { connection, heard } = await open(sandbox, fixture('sends-requests', sandbox.received));
    await eventually('all replies', () => sandbox.receivedLines().length === 5);
    const replies = sandbox
      .receivedLines()
      .map((line) => JSON.parse(line) as { id: string; error?: { code: number } });
    expect(replies.map(({ id, error }) => [id, error?.code])).toEqual([
      ['ask-1', -32601],
      ['ask-2', -32601],
      ['ask-3', -32601],
      ['ask-4', -32601],
      ['ask-5', undefined],
    ]);
    expect(heard.lines).toEqual([]);
    await connection.close();
  });

  test('it waits in the pipe while the listener pauses', async () => {
    const { connection, heard } = await open(sandboxOf(), fixture('echo'));
    connection.pause();
    connection.send([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n')]);
    connection.check();
    expect(heard.lines).toEqual([]);
    connection.resume();
    expect((await heard.ask(connection, 2, 'tools/list')).result).toBeDefined();
    expect(heard.messages()[0]?.id).toBe(1);
    await connection.close();
  });
});

describe('what a server is told of its client', () => {
  const asks = `process.stdin.resume(); process.stdout.write('{"jsonrpc":"2.0","id":"q","method":"roots/list"}\\n')`;

  test('nothing where all share it: guard is its client, and answers', async () => {
    const { connection, heard } = await open(sandboxOf(), stopsReading(asks));
    expect(connection.facts.result['got']).toMatchObject({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'mcp-guard' },
    });
    await connection.close();
    expect(heard.lines).toEqual([]);
  });

  test('all of it where the server serves one session, who is asked then', async () => {
    const clientInfo = { name: 'claude', version: '1' };
    const client: SessionClient = { era: 'legacy', capabilities: { roots: {} }, clientInfo };
    const { connection, heard } = await open(sandboxOf(), stopsReading(asks), { plan: 'legacy', client });
    expect(connection.facts.result['got']).toMatchObject({ capabilities: { roots: {} }, clientInfo });
    await eventually('the question', () => heard.kinds.includes('request'));
    expect(heard.messages()).toEqual([{ jsonrpc: '2.0', id: 'q', method: 'roots/list' }]);
    await connection.close();
  });
});

describe('a server that does not read', () => {
  test('blocks who sends to it, until it reads again', async () => {
    const sandbox = sandboxOf();
    const { connection, heard } = await open(sandbox, stopsReading(''));
    const blocked: boolean[] = [];
    connection.listen(Object.assign(heard, { blocked: (now: boolean) => void blocked.push(now) }));
    const line = Buffer.from(`{"jsonrpc":"2.0","method":"x","params":{"text":"${'x'.repeat(1 << 20)}"}}\n`);
    connection.send([line, line]);
    expect([blocked, connection.blocked]).toEqual([[true], true]);
    expect(connection.waitingBytes).toBeGreaterThan(QUEUE_BYTES_MAX);
    const [server] = sandbox.processes();
    process.kill(server?.pid ?? 0, 'SIGUSR2');
    await eventually('the server to read', () => blocked.length === 2);
    expect([blocked, connection.waitingBytes]).toEqual([[true, false], 0]);
    await connection.close();
  });

  test('and asks without end is not read from either, so that memory stays bounded', async () => {
    const ping = "JSON.stringify({ jsonrpc: '2.0', id: 'p'.repeat(4000), method: 'ping' }) + '\\n'";
    const flood = `(function more() { while (process.stdout.write(${ping})); process.stdout.once('drain', more); })();`;
    const { connection } = await open(sandboxOf(), stopsReading(flood));
    await eventually('the bound', () => connection.waitingBytes > REPLY_BYTES_MAX);
    await pause(200);
    expect(connection.waitingBytes).toBeLessThan(REPLY_BYTES_MAX + 1024 * 1024);
    await connection.close();
  });
});

describe('endings', () => {
  test('a server that dies says how', async () => {
    const { connection, heard } = await open(sandboxOf(), fixture('crash-on-call'));
    connection.send([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}\n')]);
    expect(await within('the end', connection.ended)).toBe('exited with code 1');
    connection.send([Buffer.from('{"jsonrpc":"2.0","id":2,"method":"ping"}\n')]);
    expect(heard.lines).toEqual([]);
  });

  test.each(['forks-grandchild', 'ignores-sigterm'])('%s is gone with all that it started', async (name) => {
    const sandbox = sandboxOf();
    const { connection } = await open(sandbox, fixture(name));
    await connection.close();
    expect(sandbox.processes()).toEqual([]);
    expect(await connection.ended).toBe('was closed');
  });

  test('a server that closed its output and lives on is ended', async () => {
    const sandbox = sandboxOf();
    const { connection } = await open(sandbox, fixture('echo'));
    const [server] = sandbox.processes();
    process.kill(server?.pid ?? 0, 'SIGVTALRM');
    expect(await within('the end', connection.ended)).toBe('closed its output');
    expect(sandbox.processes()).toEqual([]);
  });

  test('a server that gives no sign of life when asked for one is ended', async () => {
    const sandbox = sandboxOf();
    const time = heldTime();
    const { connection } = await open(sandbox, fixture('echo'), { rig: rigOf(sandbox, time) });
    const [server] = sandbox.processes();
    process.kill(server?.pid ?? 0, 'SIGSTOP');
    connection.check();
    time.pass(UPSTREAM_PROBE_MS);
    expect(await within('the end', connection.ended)).toBe('gave no sign of life');
  });
});

test('a child gets the environment of guard that is the server’s, and its own variables over it', async () => {
  const sandbox = sandboxOf();
  const rig = rigOf(sandbox, {
    environment: () => ({ ...sandbox.env, PLAIN: 'inherited', MINE: 'inherited' }),
  });
  const transport = fixture('tells-environment') as UpstreamTransport & { kind: 'stdio' };
  const { connection, heard } = await open(
    sandbox,
    { ...transport, env: { MINE: 'set' }, cwd: sandbox.project },
    { rig },
  );
  const told: unknown[] = [];
  for (const [id, args] of [{ name: 'PLAIN' }, { name: 'MINE' }, { name: 'OTHER' }, {}].entries()) {
    const answer = await heard.ask(connection, id + 1, 'tools/call', { name: 'tell', arguments: args });
    told.push((answer.result?.['content'] as { text: string }[] | undefined)?.[0]?.text);
  }
  expect(told).toEqual(['inherited', 'set', 'unset', fs.realpathSync(sandbox.project)]);
  await connection.close();
});

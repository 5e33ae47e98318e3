import { spawn } from 'node:child_process';
import path from 'node:path';
import { builtGuard, ROOT } from '../support/built-guard.js';
import { startGateway, type UpstreamEntry } from '../support/gateway-process.js';
import { within } from '../support/eventually.js';
import { Sandbox } from '../support/sandbox.js';
import { REVISIONS, type Revision } from './suite.js';

/** An address that the suite is run against. */
interface Target {
  readonly url: string;
  close(): Promise<void>;
}

export interface TargetKind {
  readonly title: string;
  readonly revisions: readonly Revision[];
  /** Required scenarios that it may fail although the fixture passes them. */
  readonly allowed: readonly string[];
  /** Scenarios that no revision scores and that it must pass all the same. */
  readonly also: readonly string[];
  start(): Promise<Target>;
}

const FIXTURE = path.join(ROOT, 'test', 'fixtures', 'conformance');
const BRIDGE = path.join(ROOT, 'test', 'conformance', 'bridge.js');
const STDIO = path.join(FIXTURE, 'stdio.js');
/** The user layer's config: without any, each guard in between would say on stderr that it finds none. */
const PLAIN = "version: '1'\n";
const ENDPOINT = '/mcp/fixture';

/** The headers of the newer era, which a gateway must check because it reads the body. */
const HEADERS = ['http-header-validation', 'http-custom-header-server-validation'];
/**
 * What an older server cannot do for a newer client: the key of its question does not exist on its wire, and
 * it does not see the capabilities of the one who asks.
 */
const OLDER_SERVER = ['input-required-result-basic-elicitation', 'input-required-result-capability-check'];

export const DIRECT: TargetKind = {
  title: 'the fixture alone over HTTP',
  revisions: REVISIONS,
  allowed: [],
  also: [],
  start: () => listening([path.join(FIXTURE, 'http.js')]),
};

/** Every target beside the fixture itself, by its name on the command line. */
export const TARGETS: Readonly<Record<string, TargetKind>> = {
  bridge: {
    title: 'a bare bridge to the fixture over stdio',
    revisions: REVISIONS,
    allowed: [],
    also: [],
    start: () => listening([BRIDGE, '--', process.execPath, STDIO]),
  },
  'bridge-guard': {
    title: 'a bare bridge to guard -- in front of the fixture over stdio',
    revisions: REVISIONS,
    allowed: [],
    also: [],
    start: async () => {
      const sandbox = new Sandbox(PLAIN);
      const words = [BRIDGE, '--', process.execPath, builtGuard(), '--', process.execPath, STDIO];
      const bridge = await listening(words, sandbox.env);
      return { url: bridge.url, close: () => closeAll(bridge, sandbox) };
    },
  },
  'guard-stdio': gateway('guard serve, fixture over stdio', { command: process.execPath, args: [STDIO] }),
  'guard-http': {
    ...gateway('guard serve, fixture over HTTP', {}),
    start: async () => {
      const fixture = await DIRECT.start();
      const served = await serveOne({ url: fixture.url });
      return { url: served.url, close: () => closeAll(served, fixture) };
    },
  },
  'guard-guard': {
    ...gateway('guard serve, guard -- in between, fixture over stdio', {}),
    start: () => serveOne({ command: process.execPath, args: [builtGuard(), '--', process.execPath, STDIO] }),
  },
  'guard-legacy': gateway(
    'guard serve for newer clients, a fixture of the older era only',
    { command: process.execPath, args: [STDIO, '--era', 'legacy'] },
    { revisions: ['2026-07-28'], allowed: OLDER_SERVER },
  ),
};

function gateway(
  title: string,
  upstream: Omit<UpstreamEntry, 'name'>,
  rest: Partial<TargetKind> = {},
): TargetKind {
  return {
    title,
    revisions: REVISIONS,
    allowed: [],
    also: HEADERS,
    start: () => serveOne(upstream),
    ...rest,
  };
}

/** `guard serve` with one upstream, reached under its own path, where names have no prefix. */
async function serveOne(upstream: Omit<UpstreamEntry, 'name'>): Promise<Target> {
  const sandbox = new Sandbox(PLAIN);
  const started = await startGateway(sandbox, [{ name: 'fixture', isolation: 'session', ...upstream }]);
  return { url: started.base + ENDPOINT, close: () => closeAll(started, sandbox) };
}

/** Closes each of them, whatever becomes of the ones before; the first failure is told. */
async function closeAll(...things: readonly { close(): Promise<void> }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      await thing.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** A program that prints its address when it listens. */
async function listening(words: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const url = await within(
    `the address of ${words.join(' ')}`,
    new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    }),
  );
  return {
    url,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}

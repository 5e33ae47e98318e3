import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../support/source-files.js';
import { startFakeModel } from './fake-model.js';
import { REAL_CLIENTS, type RealClient } from './real-clients.js';

const CLIENT_MS = 90_000;
const INSTALL_MS = 600_000;
const TOOL = 'guard_demo_tool';

/** What one client did with a server that `guard install` guarded. */
interface Result {
  readonly client: string;
  /** The file came back to the byte. */
  readonly restored: boolean;
  /** The audit log names the server. */
  readonly throughGuard: boolean;
  /** The server was asked for its tools, and, where a model was asked, the model was told of them. */
  readonly listed: boolean;
  readonly told: boolean;
  readonly output: string;
}

const { values } = parseArgs({
  options: {
    packages: { type: 'string' },
    client: { type: 'string', multiple: true },
    verbose: { type: 'boolean' },
  },
});
const packages = path.resolve(values.packages ?? path.join(os.tmpdir(), 'guard-real-clients'));
fs.mkdirSync(packages, { recursive: true });

const results: Result[] = [];
for (const client of REAL_CLIENTS) {
  if (values.client !== undefined && !values.client.includes(client.id)) continue;
  provide(client);
  const result = await tryClient(client);
  results.push(result);
  const { restored, throughGuard, listed, told } = result;
  console.log(
    `${result.client}: through guard ${throughGuard}, tools listed ${listed}, model told ${told}, restored ${restored}`,
  );
  if (values.verbose === true || !(throughGuard && listed && restored))
    console.log(result.output.slice(-3000));
}
const worked = results.filter(({ throughGuard, listed, restored }) => throughGuard && listed && restored);
console.log(`${worked.length} of ${results.length} clients started the guarded server and listed its tools`);
process.exit(worked.length === results.length ? 0 : 1);

/** Installs the client's package where it is not there yet. */
function provide({ package: name, binary }: RealClient): void {
  if (fs.existsSync(path.join(packages, 'node_modules/.bin', binary))) return;
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefix', packages, name],
    {
      encoding: 'utf8',
      timeout: INSTALL_MS,
    },
  );
  if (status !== 0) throw new Error(`npm could not install ${name}: ${stderr}`);
}

async function tryClient(client: RealClient): Promise<Result> {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'guard-real-')));
  const model = await startFakeModel();
  try {
    const received = path.join(home, 'received.txt');
    const project = path.join(home, 'project');
    fs.mkdirSync(project);
    const server = [process.execPath, path.join(ROOT, 'test/clients/real/demo-server.js'), received];
    const files = client.files(server, model.port);
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
      fs.writeFileSync(path.join(home, name), text, { mode: 0o600 });
    }
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: 'dumb',
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      ...client.env(model.port),
    };
    const install = guard(['install', '--yes', '--client', client.id], project, env);
    const binary = path.join(packages, 'node_modules/.bin', client.binary);
    const signIn = client.signIn?.(model.port);
    if (signIn !== undefined) await runClient([binary, ...signIn], project, env, () => false);
    const output = await runClient(
      [binary, ...client.words],
      project,
      env,
      () => model.sawTool(TOOL) && asked(received),
    );
    const log = path.join(home, '.local/state/guard/audit.jsonl');
    const throughGuard = fs.existsSync(log) && /"upstream":"demo"/.test(fs.readFileSync(log, 'utf8'));
    // Some clients write their files while they run; what they wrote must survive, so only the command is compared then.
    const uninstall = guard(['uninstall', '--yes', '--client', client.id], project, env);
    const restored = Object.entries(files).every(([name, text]) => {
      const now = fs.readFileSync(path.join(home, name), 'utf8');
      return now === text || (now.includes('demo-server.js') && !now.includes('guard.js'));
    });
    return {
      client: client.package,
      restored,
      throughGuard,
      listed: asked(received),
      told: model.sawTool(TOOL),
      output: `${install}\n${output}\n${uninstall}`,
    };
  } finally {
    model.close();
    await removeHome(home);
  }
}

function guard(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): string {
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/guard.js'), ...words], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

function asked(received: string): boolean {
  return fs.existsSync(received) && fs.readFileSync(received, 'utf8').includes('tools/list');
}

/** Runs until the client ends, has done what is looked for, or CLIENT_MS are over. */
async function runClient(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  isDone: () => boolean,
): Promise<string> {
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += String(error);
      resolve();
    });
  });
  const look = setInterval(() => isDone() && child.pid !== undefined && end(-child.pid), 500);
  const late = setTimeout(() => child.pid !== undefined && end(-child.pid), CLIENT_MS);
  await ended;
  clearInterval(look);
  clearTimeout(late);
  if (child.pid !== undefined) end(-child.pid);
  return output;
}

/** Ends what still runs in the home and removes it; what is just ending may still write there. */
async function removeHome(home: string): Promise<void> {
  for (let left = 20; left > 0; left -= 1) {
    endProcessesOf(home, left > 15 ? 'SIGTERM' : 'SIGKILL');
    try {
      fs.rmSync(home, { recursive: true, force: true });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  console.log(`${home} could not be removed`);
}

function end(pid: number, signal: NodeJS.Signals = 'SIGTERM'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** Codex and others leave programs behind that run in the client's home. */
function endProcessesOf(home: string, signal: NodeJS.Signals): void {
  if (process.platform !== 'linux') return;
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`))
        end(Number(pid), signal);
    } catch {
      // It is gone, or another's.
    }
  }
}

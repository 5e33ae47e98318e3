import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { install } from '../../src/commands/install.js';
import { uninstall } from '../../src/commands/uninstall.js';
import type { ClientWorld } from '../../src/commands/clients/client-world.js';
import type { Tools } from '../../src/commands/command.js';
import { GuardError } from '../../src/platform/errors.js';
import { folderWith } from '../config/check-yaml.js';

/** How a command on the machine ended. */
export interface MachineRun {
  readonly code: number;
  readonly stdout: string;
  /** The message of the GuardError that was thrown. */
  readonly error: string | undefined;
}

/** A machine with a home, a project and guard in a place of its own, for the commands about clients. */
export class ClientMachine {
  readonly folder: string;
  readonly home: string;
  readonly project: string;
  readonly world: ClientWorld;
  /** Time that passes by a second with each run. */
  #nowMs = Date.UTC(2026, 10, 22);

  constructor(files: Readonly<Record<string, string>>, changes: Partial<ClientWorld> = {}) {
    this.folder = folderWith({
      'project/x': '',
      'opt/lib/node_modules/mcp-guard/bin/guard.js': '',
      ...files,
    });
    this.home = path.join(this.folder, 'home');
    this.project = path.join(this.folder, 'project');
    this.world = {
      files: {
        platform: 'linux',
        home: this.home,
        env: this.env,
        project: this.project,
        user: process.getuid?.(),
      },
      program: {
        node: '/opt/node/bin/node',
        script: path.join(this.folder, 'opt/lib/node_modules/mcp-guard/bin/guard.js'),
      },
      processes: () => Promise.resolve([]),
      ...changes,
    };
  }

  get env(): Record<string, string> {
    return {
      HOME: this.home,
      PATH: path.join(this.folder, 'opt/bin'),
      XDG_CONFIG_HOME: path.join(this.home, '.config'),
      XDG_STATE_HOME: path.join(this.folder, 'state'),
    };
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), 'utf8');
  }

  write(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, name), text);
  }

  /** Puts `guard` on the PATH, as a package manager does. */
  linkGuard(): void {
    fs.mkdirSync(path.join(this.folder, 'opt/bin'), { recursive: true });
    fs.chmodSync(this.world.program.script, 0o755);
    fs.symlinkSync(this.world.program.script, path.join(this.folder, 'opt/bin/guard'));
  }

  install(
    options: Record<string, unknown> = { yes: true },
    world: Partial<ClientWorld> = {},
    typed?: string,
  ): Promise<MachineRun> {
    return this.#run(install, options, world, typed);
  }

  uninstall(
    options: Record<string, unknown> = { yes: true },
    world: Partial<ClientWorld> = {},
  ): Promise<MachineRun> {
    return this.#run(uninstall, options, world);
  }

  /** What commands get; `typed` is what a person types at a terminal, where there is one. */
  tools(typed?: string): Tools & { readonly printed: () => string } {
    const stdout = new PassThrough();
    const chunks: Buffer[] = [];
    stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const stdin = new PassThrough();
    if (typed !== undefined) stdin.end(typed);
    const isTTY = typed !== undefined;
    const nowMs = (this.#nowMs += 1000);
    return {
      env: this.env,
      cwd: this.project,
      clock: {
        timestamp: () => new Date(nowMs).toISOString(),
        wallMs: () => nowMs,
        monotonicMs: () => nowMs,
      },
      stdin: Object.assign(stdin, { isTTY }) as unknown as NodeJS.ReadStream,
      stdout: Object.assign(stdout, { isTTY }) as unknown as NodeJS.WriteStream,
      stderr: new PassThrough() as unknown as NodeJS.WriteStream,
      signal: new AbortController().signal,
      printed: () => Buffer.concat(chunks).toString(),
    };
  }

  async #run(
    command: typeof install,
    options: Record<string, unknown>,
    world: Partial<ClientWorld>,
    typed?: string,
  ): Promise<MachineRun> {
    const tools = this.tools(typed);
    try {
      const code = await command({ args: [], options, rest: [] }, tools, { ...this.world, ...world });
      return { code, stdout: tools.printed(), error: undefined };
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      return { code: error.exitCode, stdout: tools.printed(), error: error.message };
    }
  }
}

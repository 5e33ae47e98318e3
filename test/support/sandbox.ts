import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readRecord } from '../../src/audit/record-fields.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { builtGuard, serverFile } from './built-guard.js';
import { eventually } from './eventually.js';
import { killMarked, MARK, type MarkedProcess, processesMarked } from './process-tree.js';
import { Spawned } from './spawned.js';

export interface GuardStart {
  /** Name of the fixture server, and its arguments. */
  readonly server: string | readonly string[];
  /** Words before `--`. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words in front of guard's own command. */
  readonly through?: readonly string[];
}

/** A home of its own for the processes of one test: nothing is read from or written to the real one. */
export class Sandbox {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-test-'));
  readonly mark = randomUUID();
  readonly audit = path.join(this.folder, 'state', 'guard', 'audit.jsonl');
  readonly config = path.join(this.folder, 'config', 'guard', 'guard.yaml');
  readonly project = path.join(this.folder, 'project');
  /** Where the recording servers write what they received. */
  readonly received = path.join(this.folder, 'received.jsonl');
  readonly #spawned: Spawned[] = [];

  constructor(config?: string) {
    fs.mkdirSync(this.project);
    if (config !== undefined) this.writeConfig(config);
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      XDG_CONFIG_HOME: path.join(this.folder, 'config'),
      XDG_STATE_HOME: path.join(this.folder, 'state'),
      TMPDIR: this.folder,
      [MARK]: this.mark,
    };
  }

  /** Writes the user layer's config file. */
  writeConfig(text: string): void {
    fs.mkdirSync(path.dirname(this.config), { recursive: true });
    fs.writeFileSync(this.config, text, { mode: 0o600 });
  }

  /** Starts guard in front of a fixture server. */
  guard({ server, options = [], env = {}, through = [] }: GuardStart): Spawned {
    const [name = '', ...args] = typeof server === 'string' ? [server] : server;
    const words = [...options, '--', process.execPath, serverFile(name), ...args];
    return this.spawn([...through, process.execPath, builtGuard(), ...words], env);
  }

  /** Starts any command in this home. */
  spawn(words: readonly string[], env: Readonly<Record<string, string>> = {}): Spawned {
    const spawned = new Spawned(words, { cwd: this.project, env: { ...this.env, ...env } });
    this.#spawned.push(spawned);
    return spawned;
  }

  /** The records of the audit log; an unfinished last line is not yet one. */
  records(): AuditRecord[] {
    return wholeLines(this.audit).map((line) => {
      const reading = readRecord(line);
      if (reading.kind === 'trouble')
        throw new Error(`the audit log holds no record: ${reading.detail}: ${line}`);
      return reading.record;
    });
  }

  /** The lines that a recording server received. */
  receivedLines(): string[] {
    return wholeLines(this.received);
  }

  processes(): MarkedProcess[] {
    return processesMarked(this.mark);
  }

  /** Fails when a process of this test is still there or guard complained about itself; removes all files. */
  async close(): Promise<void> {
    try {
      await eventually('the end of every process of the test', () => this.processes().length === 0, 5000);
    } catch (error) {
      const left = this.processes().map(({ pid, command }) => `${pid} ${command}`);
      throw new Error(`processes were left behind: ${left.join(', ')}`, { cause: error });
    } finally {
      killMarked(this.mark);
      fs.rmSync(this.folder, { recursive: true, force: true });
    }
    for (const spawned of this.#spawned) spawned.assertCalm();
  }
}

function wholeLines(file: string): string[] {
  if (!fs.existsSync(file)) return [];
  return fs.readFileSync(file, 'utf8').split('\n').slice(0, -1).filter(Boolean);
}

import { PassThrough } from 'node:stream';
import type { Command, CommandInput } from '../../src/commands/command.js';
import { GuardError } from '../../src/platform/errors.js';

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The GuardError that was thrown, as its code. */
  readonly error: string | undefined;
  readonly message: string;
}

/** Runs a command in a folder that also stands for the user's config folder; `typed` is what stdin holds. */
export async function runCommand(
  command: Command,
  folder: string,
  input: Partial<CommandInput> = {},
  env: Readonly<Record<string, string>> = {},
  typed?: string,
): Promise<Ran> {
  const { run } = await command.load();
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const stderr = new PassThrough();
  const notes: Buffer[] = [];
  stderr.on('data', (chunk: Buffer) => notes.push(chunk));
  const stdin = new PassThrough();
  if (typed !== undefined) stdin.end(typed);
  const printed = (): { readonly stdout: string; readonly stderr: string } => ({
    stdout: Buffer.concat(chunks).toString(),
    stderr: Buffer.concat(notes).toString(),
  });
  const tools = {
    env: { HOME: folder, XDG_CONFIG_HOME: `${folder}/xdg`, XDG_STATE_HOME: `${folder}/state`, ...env },
    cwd: folder,
    clock: { timestamp: () => '', wallMs: () => 0, monotonicMs: () => 0 },
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    signal: new AbortController().signal,
  };
  try {
    const code = await run({ args: [], options: {}, rest: [], ...input }, tools);
    return { code, ...printed(), error: undefined, message: '' };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return { code: error.exitCode, ...printed(), error: error.code, message: error.message };
  }
}

import { STDERR_BYTES_MAX } from '../platform/bounds.js';
import { randomBytes } from 'node:crypto';
import type { Diagnostics } from '../platform/diagnostics.js';
import { nearestWord } from '../config/nearest.js';
import { GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import type { Environment } from '../platform/paths.js';
import { startChild } from '../upstream/child.js';
import { serverEnvironment } from '../upstream/server-environment.js';
import type { Parties } from '../conversation/conversation.js';
import { remoteNameOf, serverNameOf } from '../upstream/server-name.js';
import type { Upstream } from '../upstream/upstream.js';
import { clientSession } from './client-session.js';
import { commandName, type CommandInput, type Tools } from './command.js';
import { COMMANDS } from './table.js';
import { textListOption, textOption } from './text-option.js';

/** The server that is to be governed, and under which names. */
export interface WrapTarget {
  /** The command's words, or the address of a remote server. */
  readonly server:
    | { readonly words: readonly string[] }
    | { readonly url: URL; readonly headers: readonly string[] };
  readonly parties: Parties;
  /** Names this guard process in every record. */
  readonly writer: string;
}

/** Reads what to govern from the command line. Throws GuardError `usage`. */
export function readTarget(input: CommandInput, env: Environment): WrapTarget {
  const url = textOption(input, 'url');
  const [stray] = input.args;
  if (stray !== undefined) {
    throw unknownCommand(stray);
  }
  if ((url === undefined) === (input.rest.length === 0)) {
    throw new GuardError('usage', 'expected either a command after -- or --url, and not both', {
      hint: 'Example: guard -- npx -y @modelcontextprotocol/server-filesystem ~/projects',
    });
  }
  const writer = randomBytes(6).toString('hex');
  const server = url === undefined ? { words: input.rest } : remote(url, headersOf(input));
  const name =
    textOption(input, 'server') ?? ('url' in server ? remoteNameOf(server.url) : nameOf(input.rest));
  const parties = {
    server: name,
    agent: textOption(input, 'agent') ?? nonEmpty(env['GUARD_AGENT']),
    session: textOption(input, 'session') ?? nonEmpty(env['GUARD_SESSION']) ?? clientSession(),
  };
  return { server, parties, writer };
}

function unknownCommand(word: string): GuardError {
  const shown = printable(word);
  const meant = nearestWord(word, COMMANDS.map(commandName));
  const wrapping = `To put a server behind guard, write its command after two dashes: guard -- ${shown} …`;
  return new GuardError('usage', `unknown command "${shown}"`, {
    hint: meant === undefined ? wrapping : `did you mean guard ${meant}? ${wrapping}`,
  });
}

/** Starts the server, or the bridge to it. Guard's own variables and the secrets of its config stay here. */
export async function startUpstream(
  target: WrapTarget,
  tools: Tools,
  secretNames: ReadonlySet<string>,
  diagnostics: Diagnostics,
): Promise<Upstream> {
  const { server } = target;
  if ('url' in server) {
    const { startRemote } = await import('../upstream/remote/bridge.js');
    return startRemote({
      url: server.url,
      headers: server.headers,
      env: tools.env,
      clock: tools.clock,
      diagnostics,
    });
  }
  const [command = '', ...args] = server.words;
  return startChild({
    command,
    args,
    env: serverEnvironment(tools.env, secretNames),
    onStderr: stderrRelay(tools.stderr),
  });
}

/** Headers as they are typed, and those whose value stands in a variable, where no list of processes shows it. */
function headersOf(input: CommandInput): string[] {
  const named = textListOption(input, 'headerEnv').map((pair) => {
    const [, name, variable] = /^([^\s=:]+)=([A-Za-z_]\w*)$/.exec(pair) ?? [];
    if (name !== undefined && variable !== undefined) return `${name}: \${${variable}}`;
    throw new GuardError('usage', `--header-env expects NAME=VARIABLE, got "${pair}"`);
  });
  return [...textListOption(input, 'header'), ...named];
}

function remote(text: string, headers: readonly string[]): { url: URL; headers: readonly string[] } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new GuardError('usage', `--url expects an http or https address, got "${text}"`);
  }
  return { url, headers };
}

/** Passes the server's stderr on untouched and never stops reading it, so that a full pipe cannot stop the server. */
function stderrRelay(stderr: NodeJS.WriteStream): (chunk: Buffer) => void {
  let dropped = 0;
  return (chunk) => {
    if (stderr.writableLength > STDERR_BYTES_MAX) {
      dropped += chunk.length;
      return;
    }
    if (dropped > 0) {
      stderr.write(`\nguard: ${dropped} bytes of the server's stderr were dropped, since nobody read them\n`);
      dropped = 0;
    }
    stderr.write(chunk);
  };
}

function nameOf(words: readonly string[]): string {
  const [command = '', ...args] = words;
  return serverNameOf(command, args);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

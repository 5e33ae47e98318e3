import type { FileFormat } from '../formats/read-document.js';

export type Platform = 'darwin' | 'linux' | 'win32';

/**
 * Where files are, by platform, `/` between the parts: `~` is the home folder, `%NAME%` a variable of
 * Windows, `@config` the XDG config folder; `*` stands for any name in its part.
 */
export type PlatformFiles = Readonly<Partial<Record<Platform, readonly string[]>>>;

/** One place where a client looks for servers. */
export interface Place {
  /** As people call it: `user`, `project`, `local`, `managed`, `plugin` … */
  readonly scope: string;
  /** Files of the user or the machine. */
  readonly files?: PlatformFiles;
  /** Files of a project, relative to its folder. They are shared, so no path of one machine goes into them. */
  readonly project?: readonly string[];
  /** A variable that names a file, or the folder of the one that is given: in place of the first file, or one more. */
  readonly override?: { readonly variable: string; readonly file?: string; readonly adds?: true };
  readonly format: FileFormat;
  /** Ways to the maps of servers: `*` is any key, no word at all the file's own top. */
  readonly keyPaths: readonly (readonly string[])[];
  /** The servers stand in a list, each with its name under `name`. */
  readonly isList?: true;
  /** Others keep this file: guard looks at it and never writes it. */
  readonly managed?: true;
}

/** How a client writes one server. */
export interface EntryShape {
  /** The key of the command: one word beside `args`, or a list of all words. */
  readonly command: string;
  readonly env: string;
  /** Keys of a remote server's address; none where the client has no remote servers in its file. */
  readonly url: readonly string[];
  readonly headers: string;
  /** Value of `type` that says: a server that is started. Undefined where the client needs none. */
  readonly stdioType?: string;
  /** The command is always a list of all words. */
  readonly isCommandList?: true;
}

/** What is known of one client. Times are milliseconds; what is not known is undefined. */
export interface Client {
  readonly id: string;
  readonly name: string;
  /** `gui`: started from the desktop, with its bare PATH. */
  readonly kind: 'gui' | 'cli';
  readonly places: readonly Place[];
  readonly shape: EntryShape;
  /** How long it waits for a server to answer its first message. */
  readonly connectMs?: number;
  /** How long it waits for a call that nothing is heard of; infinite where it waits on. */
  readonly callMs?: number;
  /** Whether progress starts that clock again; undefined where it sends no progress token. */
  readonly progress?: 'resets' | 'ignored';
  /** The key of a server's own call limit. */
  readonly timeout?: { readonly key: string; readonly unit: 'ms' | 's' };
  /** What of its environment a server gets. */
  readonly environment: 'all' | 'bare' | 'no-secrets';
  /** Where servers start. */
  readonly cwd: 'project' | 'root';
  /** What it puts in place of in an entry, for people. */
  readonly variables: string;
  /** What a person does after a change. */
  readonly restart: string;
  /** Names of its processes, where it writes its file from memory while it runs. */
  readonly overwritesWhile?: Readonly<Partial<Record<Platform, readonly string[]>>>;
  /** It joins the arguments and splits them at spaces. */
  readonly splitsWords?: true;
  /** It holds `<file>.lock`, a folder, while it writes. */
  readonly locks?: true;
}

/** The same name below the home folder on every platform. */
export function inHome(...names: readonly string[]): PlatformFiles {
  const files = names.map((name) => `~/${name}`);
  return { darwin: files, linux: files, win32: files };
}

/** The folder for programs' own files: `Application Support`, the XDG config folder, `%APPDATA%`. */
export function inAppData(...names: readonly string[]): PlatformFiles {
  return {
    darwin: names.map((name) => `~/Library/Application Support/${name}`),
    linux: names.map((name) => `@config/${name}`),
    win32: names.map((name) => `%APPDATA%/${name}`),
  };
}

/** `~/.config` and its XDG variable; on Windows the place that is given. */
export function inConfig(windows: string, ...names: readonly string[]): PlatformFiles {
  const files = names.map((name) => `@config/${name}`);
  return { darwin: files, linux: files, win32: names.map((name) => `${windows}/${name}`) };
}

/** `mcpServers` at the top, as most clients have it. */
export const MCP_SERVERS: readonly (readonly string[])[] = [['mcpServers']];

/** `command`, `args`, `env`; `url`, `headers`. */
export const COMMON_SHAPE: EntryShape = { command: 'command', env: 'env', url: ['url'], headers: 'headers' };

/** The command and its arguments are one list, as opencode and Kilo Code have it. */
export const COMMAND_LIST_SHAPE: EntryShape = {
  command: 'command',
  env: 'environment',
  url: ['url'],
  headers: 'headers',
  stdioType: 'local',
  isCommandList: true,
};

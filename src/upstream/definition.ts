/** How a server is reached. */
export type UpstreamTransport =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args: readonly string[];
      /** Set in the program's environment, over what it inherits. May hold secrets. */
      readonly env: Readonly<Record<string, string>>;
      /** Absolute; undefined for guard's own. */
      readonly cwd: string | undefined;
    }
  | {
      readonly kind: 'streamable-http' | 'sse';
      readonly url: string;
      /** By name as written. May hold secrets: never in a text or record. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** One server behind `guard serve`, as the config states it: plain values, comparable as JSON. */
export interface UpstreamDefinition {
  /** 1 to 64 letters, digits, `_` and `-`; unique. */
  readonly name: string;
  readonly transport: UpstreamTransport;
  /** Whether its names get the server's name in front. */
  readonly namespaced: boolean;
  /** `session`: a connection of its own for each session. */
  readonly isolation: 'shared' | 'session';
  readonly start: 'lazy' | 'eager';
  /** From its start to the end of its handshake. */
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly auditLogArguments: boolean;
}

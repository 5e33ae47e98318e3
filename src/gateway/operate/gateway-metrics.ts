/** How a call ended, as the label `result` names it. */
export type CallResult =
  | 'ok'
  /** The server answered with an error, or with a result that has `isError`. */
  | 'error'
  | 'denied'
  | 'cancelled'
  /** No answer came: the server ended, was not to be reached, or took too long. */
  | 'failed';

/** What was decided of a call, as the audit record says it. */
type CallDecision = 'allow' | 'deny' | 'require_approval' | 'dry_run' | 'limit' | 'relay';

/** What the gateway counts. Plain methods, cheap enough for the path of a call. */
export interface GatewayMetrics {
  /**
   * A governed request was judged. `tool` is null for requests that call none, and for a tool that no
   * server lists: names that clients make up are not counted by name.
   */
  decided(upstream: string, tool: string | null, decision: CallDecision): void;
  /** A governed request got its answer, `seconds` after it came. */
  called(upstream: string, tool: string | null, result: CallResult, seconds: number): void;
  /** Calls that wait for a person now. */
  approvalsWaiting(count: number): void;
  /** A server's state changed; states are those of the readiness document. */
  upstreamState(upstream: string, state: string): void;
  /** A server was started again after it had been lost. */
  upstreamRestarted(upstream: string): void;
  /** A server is gone from the config: its state is told of no more. */
  upstreamRemoved(upstream: string): void;
  /** Sessions that are open now. */
  sessions(count: number): void;
  /** An HTTP request was answered, or its client left: `status` is 0 then. */
  httpRequest(route: string, status: number): void;
  /** A request was turned away before the core saw it; `reason` is one of a fixed set of words. */
  refused(reason: string): void;
  /** A client was cut off because it did not read. */
  cutOff(): void;
  /** Whether audit records cannot be written at the moment. */
  auditFailing(isFailing: boolean): void;
  /** A config was read again. */
  reloaded(isAccepted: boolean): void;
}

/** Values that are looked up when somebody asks, by name of their metric. */
export interface MeteredNow {
  /** Connections, open exchanges and event streams of the HTTP door. */
  readonly connections: number;
  readonly exchanges: number;
  readonly streams: number;
}

/** Metrics as Prometheus reads them. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

import type { GatewayLog } from '../operate/log.js';
import type { GatewayMetrics, MetricsPage } from '../operate/gateway-metrics.js';
import type { Readiness } from '../operate/health.js';
import type { Identity } from '../identity/principal.js';
import type { CapBounds } from './caller-caps.js';
import type { McpCore } from './port.js';

/** A request that was turned away before the core saw it. */
export interface HttpRefusal {
  readonly requestId: string;
  readonly status: number;
  /** One word of a fixed set, or what Identity said; holds nothing that the client sent. */
  readonly reason: string;
  readonly detail: string;
  /** The client's address. */
  readonly remote: string;
  /** How many were turned away before it and not told of. */
  readonly untold: number;
}

/** Holds new calls back, for example while audit records wait for a slow reader. */
interface HttpGate {
  readonly isOpen: boolean;
  /** Resolves once it is open; at once where it is. */
  whenOpen(): Promise<void>;
}

/** Bounds that tests make small; the defaults stand in platform/bounds. */
export interface HttpBounds extends CapBounds {
  readonly connectionsMax: number;
  readonly bodiesBytesMax: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly timeoutCheckMs: number;
  readonly stallMs: number;
  readonly idleMs: number;
  readonly answersWaitingBytesMax: number;
  readonly streamCommentMs: number;
}

export interface HttpServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. */
  readonly port: number;
  /** `listen.allowed_hosts`. */
  readonly allowedHosts: readonly string[];
  /** `listen.allowed_origins`. */
  readonly allowedOrigins: readonly string[];
  /** Whether `/sse` and `/messages` are served; the core has `handleSse` then. */
  readonly legacySse: boolean;
  /** Who may read `/metrics`: whom Identity knows, everybody, nobody. */
  readonly metricsFor: 'identified' | 'everyone' | 'nobody';
  /** Largest body, in bytes. */
  readonly bodyBytesMax: number;
  readonly core: McpCore;
  readonly identity: Identity;
  readonly readiness: () => Readiness;
  readonly metrics: GatewayMetrics & MetricsPage;
  readonly log: GatewayLog;
  /** Told of refusals at a bounded rate, for audit records. Must not throw. */
  readonly onRefused?: (refusal: HttpRefusal) => void;
  readonly gate?: HttpGate;
  readonly monotonicMs: () => number;
  readonly bounds?: Partial<HttpBounds>;
}

import type { JsonValue } from '../platform/json.js';

/**
 * The members of a record by which calls are found, joined and counted. A record fits as it is; so
 * does a line that was read without building one. A member that a record does not have is undefined.
 */
export interface RecordView {
  readonly type: string;
  readonly ts: string;
  readonly writer: string;
  readonly upstream: string;
  readonly session: string | null;
  readonly agent: string | null;
  readonly request_id?: string | undefined;
  readonly method?: string | null | undefined;
  readonly tool?: string | null | undefined;
  readonly arg_size?: number | undefined;
  readonly decision?: string | undefined;
  readonly enforced?: boolean | undefined;
  readonly rule?: string | null | undefined;
  readonly layer?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly approval?: JsonValue | undefined;
  readonly result?: string | undefined;
  readonly latency_ms?: number | undefined;
  readonly response_size?: number | undefined;
  readonly arguments?: JsonValue | undefined;
}

import {
  ANSWERS_WAITING_BYTES_MAX,
  CALLER_CALLS_MAX,
  CALLER_STREAMS_MAX,
  EXCHANGES_MAX,
  HTTP_BODIES_BYTES_MAX,
  HTTP_CONNECTIONS_MAX,
  HTTP_HEADERS_MS,
  HTTP_IDLE_MS,
  HTTP_REQUEST_MS,
  HTTP_STALL_MS,
  HTTP_TIMEOUT_CHECK_MS,
  STREAM_COMMENT_MS,
} from '../../platform/bounds.js';
import type { HttpBounds } from './options.js';

/** The bounds of the HTTP door, as platform/bounds names them. */
export const DEFAULT_BOUNDS: HttpBounds = {
  exchangesMax: EXCHANGES_MAX,
  callerCallsMax: CALLER_CALLS_MAX,
  callerStreamsMax: CALLER_STREAMS_MAX,
  connectionsMax: HTTP_CONNECTIONS_MAX,
  bodiesBytesMax: HTTP_BODIES_BYTES_MAX,
  headersMs: HTTP_HEADERS_MS,
  requestMs: HTTP_REQUEST_MS,
  timeoutCheckMs: HTTP_TIMEOUT_CHECK_MS,
  stallMs: HTTP_STALL_MS,
  idleMs: HTTP_IDLE_MS,
  answersWaitingBytesMax: ANSWERS_WAITING_BYTES_MAX,
  streamCommentMs: STREAM_COMMENT_MS,
};

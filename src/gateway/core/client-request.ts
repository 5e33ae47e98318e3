import type { IncomingHttpHeaders } from 'node:http';
import type { ByteSpan, RequestMessage } from '../../jsonrpc/message.js';
import type { PostAnswer } from './post-answer.js';

/** One request of a client, read from its POST. */
export interface ClientRequest {
  readonly message: RequestMessage;
  /** The request as one line. */
  readonly line: Buffer;
  /** Where its id stands. */
  readonly idSpan: ByteSpan;
  readonly post: PostAnswer;
  /** Those of its HTTP request. */
  readonly headers: IncomingHttpHeaders;
  /** Told where a handshake failed, before that is answered. */
  readonly ungreeted?: () => void;
  /** Told the gateway's id once the request has gone to one server. */
  readonly forwarded: (id: number) => void;
}

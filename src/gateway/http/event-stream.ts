import type { ServerResponse } from 'node:http';
import { EVENT_COPY_BYTES_MAX, STREAM_WAITING_BYTES_MAX } from '../../platform/bounds.js';
import type { EventStream } from './port.js';
import type { WaitingAnswer, WaitingAnswers } from './waiting-answers.js';

/** The answer that the events belong to. */
interface StreamAnswer extends WaitingAnswer {
  readonly over: boolean;
}

const END = Buffer.from('\n\n');
const COMMENT = ':\n\n';

/** Server-sent events on one HTTP answer (WHATWG HTML, section 9.2). */
export class HttpEventStream implements EventStream {
  readonly #answer: StreamAnswer;
  readonly #response: ServerResponse;
  readonly #waiting: WaitingAnswers;
  readonly #end: () => void;
  #hasSent = false;

  constructor(answer: StreamAnswer, response: ServerResponse, waiting: WaitingAnswers, end: () => void) {
    this.#answer = answer;
    this.#response = response;
    this.#waiting = waiting;
    this.#end = end;
    response.on('drain', () => waiting.delete(answer));
    // The client is to know at once that the stream is open, but not in a packet of its own.
    process.nextTick(() => {
      if (!this.#hasSent && !answer.over && !response.destroyed) response.flushHeaders();
    });
  }

  send(message: Uint8Array, event: { readonly id?: string; readonly name?: string } = {}): void {
    if (this.#answer.over) return;
    if (this.#answer.waitingBytes > STREAM_WAITING_BYTES_MAX) {
      this.#answer.cutOff('its event stream is not read');
      return;
    }
    const head = `${event.id === undefined ? '' : `id: ${event.id}\n`}event: ${event.name ?? 'message'}\ndata: `;
    this.#note(this.#write(head, withoutLineEnds(message)));
  }

  end(): void {
    this.#end();
  }

  /** Writes a comment, which clients skip; none where bytes wait already. */
  comment(): void {
    if (this.#answer.over || this.#answer.waitingBytes > 0) return;
    this.#note(this.#response.write(COMMENT));
  }

  #write(head: string, message: Buffer): boolean {
    this.#hasSent = true;
    if (message.length <= EVENT_COPY_BYTES_MAX) {
      const headBytes = Buffer.byteLength(head);
      const whole = Buffer.allocUnsafe(headBytes + message.length + END.length);
      whole.write(head);
      message.copy(whole, headBytes);
      END.copy(whole, headBytes + message.length);
      return this.#response.write(whole);
    }
    this.#response.write(head);
    this.#response.write(message);
    return this.#response.write(END);
  }

  #note(isTaken: boolean): void {
    if (!isTaken) this.#waiting.add(this.#answer);
  }
}

/**
 * JSON text may hold line ends between its tokens, where each ends a field of an event. They become
 * spaces: the same JSON, and no line of its own that a reader could take for another field.
 */
function withoutLineEnds(message: Uint8Array): Buffer {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (bytes.indexOf(0x0d) === -1 && bytes.indexOf(0x0a) === -1) return bytes;
  const copy = Buffer.from(bytes);
  for (let index = 0; index < copy.length; index += 1) {
    if (copy[index] === 0x0d || copy[index] === 0x0a) copy[index] = 0x20;
  }
  return copy;
}

import net from 'node:net';

/** An HTTP answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

interface Head {
  readonly status: number;
  readonly headers: Map<string, string>;
  /** Bytes of the body; undefined where it comes in chunks. */
  readonly length: number | undefined;
}

const HEAD_END = '\r\n\r\n';

/**
 * One kept-alive HTTP/1.1 connection with one request at a time. It does what a measurement needs and no
 * more, so that the client costs little beside the server.
 */
export class HttpConnection {
  readonly #socket: net.Socket;
  readonly #host: string;
  #waiting: Waiting | undefined;
  #head: Head | undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #body: Buffer[] = [];
  /** Bytes that must be there before it is worth looking again; joining at each piece would be quadratic. */
  #wanted = 0;
  #lost: Error | undefined;

  constructor(port: number, host = '127.0.0.1') {
    this.#host = `${host}:${port}`;
    this.#socket = net.connect({ port, host, noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** Sends a request and gives the whole answer; rejects when the connection is lost before that. */
  request(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ): Promise<HttpAnswer> {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n${fields.join('')}${length}\r\n${body}`,
      );
    });
  }

  /** Drops the connection at once, whatever is under way. */
  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes < this.#wanted) return;
    if (this.#head === undefined && !this.#readHead()) return;
    const { length } = this.#head as unknown as Head;
    if (length === undefined) this.#readChunks();
    else if (this.#keptBytes >= length) this.#finish(this.#cut(length));
  }

  #readHead(): boolean {
    const bytes = this.#joined();
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) return false;
    const [first = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
    const headers = new Map<string, string>();
    for (const field of fields) {
      const colon = field.indexOf(':');
      headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
    }
    this.#cut(end + HEAD_END.length);
    const status = Number(first.split(' ')[1]);
    const chunked = headers.get('transfer-encoding') === 'chunked';
    this.#head = {
      status,
      headers,
      length: chunked ? undefined : Number(headers.get('content-length') ?? 0),
    };
    return true;
  }

  #readChunks(): void {
    for (;;) {
      const bytes = this.#joined();
      const lineEnd = bytes.indexOf('\r\n');
      if (lineEnd === -1) return;
      const size = Number.parseInt(bytes.toString('latin1', 0, lineEnd), 16);
      this.#wanted = lineEnd + 2 + size + 2;
      if (bytes.length < this.#wanted) return;
      this.#wanted = 0;
      this.#cut(lineEnd + 2);
      if (size > 0) this.#body.push(this.#cut(size));
      this.#cut(2);
      if (size === 0) return this.#finish(Buffer.concat(this.#body));
    }
  }

  #finish(body: Buffer): void {
    const { status, headers } = this.#head as Head;
    const waiting = this.#waiting;
    this.#head = undefined;
    this.#waiting = undefined;
    this.#body = [];
    waiting?.resolve({ status, headers, body });
  }

  #fail(error: Error): void {
    this.#lost ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }

  #joined(): Buffer {
    if (this.#kept.length > 1) this.#kept = [Buffer.concat(this.#kept)];
    return this.#kept[0] ?? Buffer.alloc(0);
  }

  /** Takes so many bytes off the front. */
  #cut(bytes: number): Buffer {
    const whole = this.#joined();
    const rest = whole.subarray(bytes);
    this.#kept = rest.length === 0 ? [] : [rest];
    this.#keptBytes = rest.length;
    return whole.subarray(0, bytes);
  }
}

/** The part of `ws` that guard uses; the package comes without types. */
declare module 'ws' {
  export interface WebSocketOptions {
    readonly handshakeTimeout?: number;
    readonly maxPayload?: number;
    readonly perMessageDeflate?: boolean;
    readonly followRedirects?: boolean;
  }

  export class WebSocket {
    constructor(url: string, options?: WebSocketOptions);
    on(event: 'open' | 'ping' | 'pong', listener: () => void): this;
    on(event: 'close', listener: (code: number) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    send(text: string, done?: (error?: Error) => void): void;
    ping(): void;
    close(code?: number): void;
    terminate(): void;
    /** Reads nothing more. */
    pause(): void;
  }

  export class WebSocketServer {
    constructor(options: { readonly host: string; readonly port: number });
    on(event: 'listening', listener: () => void): this;
    on(event: 'connection', listener: (socket: WebSocket) => void): this;
    address(): { readonly port: number };
    close(done?: () => void): void;
  }
}

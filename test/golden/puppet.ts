import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Sandbox } from '../support/sandbox.js';
import { eventually } from '../support/eventually.js';

/** The test's end of the server that does what it is told (test/fixtures/servers/puppet.js). */
export class Puppet {
  /** Each line that the server received, without its line feed. */
  readonly received: Buffer[] = [];
  readonly socketPath: string;
  readonly #server = net.createServer((socket) => this.#connected(socket));
  #socket: net.Socket | undefined;
  #sent = 0;

  constructor(sandbox: Sandbox) {
    this.socketPath = path.join(sandbox.folder, 'puppet');
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.socketPath, resolve);
    });
  }

  /** Lets the server send bytes, and waits until it has. */
  async send(bytes: Buffer): Promise<void> {
    const socket = await eventually('the server', () => this.#socket);
    const sentBefore = this.#sent;
    socket.write(`${bytes.toString('base64')}\n`);
    await eventually('the server to send', () => this.#sent > sentBefore);
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #connected(socket: net.Socket): void {
    this.#socket = socket;
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (report) => {
      const [kind, text = ''] = report.split(' ');
      if (kind === 'sent') this.#sent += 1;
      else this.received.push(Buffer.from(text, 'base64'));
    });
  }
}

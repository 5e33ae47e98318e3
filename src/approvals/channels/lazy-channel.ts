import { messageOf } from '../../platform/errors.js';
import type { ApprovalEnd, ChannelTicket } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import type { OutsideChannel } from './outside-channel.js';

export interface LazyChannelOptions {
  readonly name: string;
  readonly kind: string;
  readonly notifiesOnly: boolean;
  /** Loads the channel itself; asked once, with the first request. */
  readonly load: () => Promise<OutsideChannel>;
}

/** A channel whose code is loaded when the first request is to be shown: most sessions never ask anybody. */
export function lazyChannel({ name, kind, notifiesOnly, load }: LazyChannelOptions): OutsideChannel {
  let loading: Promise<OutsideChannel> | undefined;
  let loaded: OutsideChannel | undefined;
  let closed = false;
  const channel = async (): Promise<OutsideChannel> => {
    loaded = await (loading ??= load());
    if (closed) loaded.close();
    return loaded;
  };
  return {
    name,
    kind,
    notifiesOnly,
    open(request, events) {
      if (loaded !== undefined) return loaded.open(request, events);
      const later = new LaterTicket(request);
      channel().then(
        (real) => later.open((latest) => real.open(latest, events)),
        (error: unknown) => {
          if (!later.isOver) events.undelivered(`the channel cannot be loaded: ${messageOf(error)}`);
        },
      );
      return later;
    },
    async idle() {
      await loading?.then((real) => real.idle()).catch(() => undefined);
    },
    close() {
      closed = true;
      loaded?.close();
    },
  };
}

/** The ticket of a request until its channel is there, and from then on the channel's own. */
class LaterTicket implements ChannelTicket {
  #request: ApprovalRequest;
  #ticket: ChannelTicket | undefined;
  isOver = false;

  constructor(request: ApprovalRequest) {
    this.#request = request;
  }

  open(show: (request: ApprovalRequest) => ChannelTicket): void {
    if (!this.isOver) this.#ticket = show(this.#request);
  }

  update(request: ApprovalRequest): void {
    this.#request = request;
    this.#ticket?.update(request);
  }

  close(end: ApprovalEnd): void {
    this.isOver = true;
    this.#ticket?.close(end);
  }
}

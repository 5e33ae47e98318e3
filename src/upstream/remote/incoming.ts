import { ServerInspector, type ServerAnswer } from '../../jsonrpc/server-line.js';
import { withoutTools } from '../../mcp/tools-list.js';
import type { Diagnostics } from '../../platform/diagnostics.js';
import { isJsonObject, member } from '../../platform/json.js';
import type { Wire } from './exchange.js';
import { garbledFailure } from './failure.js';
import { messageLines } from './message-lines.js';
import type { OpenPosts } from './open-posts.js';
import type { Outgoing, OutgoingRequest } from './outgoing.js';
import type { OutputFeed } from './output-feed.js';
import type { RemoteSession } from './session.js';

/** The messages of the remote server, from whichever response they come: noted, and sent on as their own bytes. */
export class Incoming {
  readonly #url: URL;
  readonly #feed: OutputFeed;
  readonly #posts: OpenPosts;
  readonly #session: RemoteSession;
  readonly #diagnostics: Diagnostics | undefined;
  readonly #inspector = new ServerInspector();

  constructor(wire: Wire, feed: OutputFeed, posts: OpenPosts, session: RemoteSession) {
    this.#url = wire.url;
    this.#diagnostics = wire.diagnostics;
    this.#feed = feed;
    this.#posts = posts;
    this.#session = session;
  }

  /**
   * Relays a whole body or the data of one event; resolves when there is room for the next. Throws
   * RemoteFailure for text that cannot be put on one line.
   */
  async relayBody(body: Buffer): Promise<void> {
    const lines = messageLines(body);
    if (lines === null) throw garbledFailure(this.#url, 'sent a message that is not JSON');
    for (const line of lines) await this.relay(line);
  }

  /** Relays one line; resolves when there is room for the next. What is no message the door sorts out. */
  relay(line: Buffer): Promise<void> {
    const understood = this.#inspector.inspect(line, 0, line.length);
    const id = understood.kind === 'answer' || understood.kind === 'garbage' ? understood.id : undefined;
    const post = id === undefined ? undefined : this.#posts.find(id);
    const observed =
      understood.kind === 'answer' && post !== undefined
        ? this.#observe(post.message, understood, line)
        : line;
    const room = this.#feed.send(observed);
    post?.answer();
    return room;
  }

  #observe(message: Outgoing, answer: ServerAnswer, line: Buffer): Buffer {
    if (message.kind !== 'request' || answer.outcome !== 'result') return line;
    if (message.method === 'initialize') this.#session.noteInitialized(line);
    if (message.method === 'tools/list' && message.revision !== undefined)
      return this.#toolList(message, line);
    return line;
  }

  /** Learns which arguments go into headers; tools whose rules for that are broken have to be left out. */
  #toolList(request: OutgoingRequest, line: Buffer): Buffer {
    const span = this.#inspector.resultMember(line, 'tools');
    const message: unknown = JSON.parse(line.toString('utf8'));
    const result = isJsonObject(message) ? member(message, 'result') : undefined;
    if (span === null || !isJsonObject(result)) return line;
    const invalid = new Set<string>();
    for (const { tool, fault } of this.#session.parameters.learn(result)) {
      invalid.add(tool);
      this.#diagnostics?.repeated(
        'remote-tool',
        `the tool "${tool}" is left out of ${request.method}: ${fault}`,
      );
    }
    return invalid.size === 0
      ? line
      : (withoutTools(line, span, result, (name) => invalid.has(name)) ?? line);
  }
}

import { randomUUID } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { startChild } from './bridge-child.js';

/** Sessions of the older era, a child for each: ids need no mapping, since nobody else speaks to the child. */
export function legacyBridge(command) {
  const sessions = new Map();
  return async function serve(request, parsedBody) {
    const id = request.headers.get('mcp-session-id');
    const known = id === null ? undefined : sessions.get(id);
    if (id !== null && known === undefined) return new Response(null, { status: 404 });
    return (known ?? (await open())).handleRequest(request, { parsedBody });
  };

  async function open() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    let newest;
    let child;
    Object.assign(transport, { onmessage, onclose: () => child?.end() });
    function onmessage(message) {
      if (message.id !== undefined && message.method !== undefined) newest = message.id;
      child ??= startChild(command, receive);
      child.send(message);
    }
    function receive(message) {
      const related = message.method === undefined ? {} : { relatedRequestId: newest };
      transport.send(message, related).catch((error) => process.stderr.write(`${String(error)}\n`));
    }
    await transport.start();
    return transport;
  }
}

interface ModernCall {
  /** `http://127.0.0.1:port`, without a path. */
  readonly base: string;
  readonly server: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: object;
}

/** Calls the tool `echo` of a server through the gateway, as a client of revision 2026-07-28 that wrote its request by hand. */
export async function callModern({ base, server, headers = {}, meta = {} }: ModernCall): Promise<void> {
  const response = await fetch(`${base}/mcp/${server}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'echo',
        arguments: {},
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
          ...meta,
        },
      },
    }),
  });
  await response.text();
}

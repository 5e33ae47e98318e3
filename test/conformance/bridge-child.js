import { spawn } from 'node:child_process';

/** A stdio server as a child of the bridge; `receive` gets each message. */
export function startChild([command, ...args], receive) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let rest = Buffer.alloc(0);
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      receive(JSON.parse(rest.toString('utf8', 0, end)));
      rest = rest.subarray(end + 1);
    }
  });
  return {
    send: (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    end: () => child.stdin.end(),
  };
}

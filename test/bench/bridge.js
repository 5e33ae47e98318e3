// The yardstick of the gateway: the bridge that one would write in an afternoon, from node:http to one
// stdio server. It keeps connections alive, parses, maps ids, and judges and records nothing.
//   node bridge.js PORT COMMAND ARGS…
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';

const [port, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const open = new Map();
let lastId = 0;

const server = http.createServer((request, response) => {
  if (request.method !== 'POST')
    return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => forward(JSON.parse(Buffer.concat(chunks).toString()), response));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1');

function forward(message, response) {
  if (message.id === undefined) {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    response.writeHead(202).end();
    return;
  }
  lastId += 1;
  const session = message.method === 'initialize' ? { 'mcp-session-id': randomUUID() } : {};
  open.set(lastId, { id: message.id, response, session });
  child.stdin.write(`${JSON.stringify({ ...message, id: lastId })}\n`);
}

function backward(line) {
  const message = JSON.parse(line);
  const entry = open.get(message.id);
  if (entry === undefined) return;
  open.delete(message.id);
  const body = Buffer.from(JSON.stringify({ ...message, id: entry.id }));
  const headers = { 'content-type': 'application/json', 'content-length': body.length, ...entry.session };
  entry.response.writeHead(200, headers).end(body);
}

let parts = [];
child.stdout.on('data', (chunk) => {
  let start = 0;
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    const tail = chunk.subarray(start, end);
    backward((parts.length === 0 ? tail : Buffer.concat([...parts, tail])).toString());
    parts = [];
    start = end + 1;
  }
  if (start < chunk.length) parts.push(chunk.subarray(start));
});
child.on('exit', () => process.exit(1));
process.on('SIGTERM', () => process.exit(0));

// The yardstick: the relay that one would write in an afternoon. It parses each line, writes the
// same bytes on, and appends one JSON line per call and per result with writeSync.
import { spawn } from 'node:child_process';
import { openSync, writeSync } from 'node:fs';

const [log, command, ...args] = process.argv.slice(2);
const descriptor = openSync(log, 'a', 0o600);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

function relay(from, to, kind) {
  let parts = [];
  function pass(line) {
    const message = JSON.parse(line.toString());
    if (kind === 'result' ? message.result !== undefined : message.method === 'tools/call') {
      const { id, params } = message;
      const record = { ts: new Date().toISOString(), kind, id, tool: params?.name, size: line.length };
      writeSync(descriptor, `${JSON.stringify(record)}\n`);
    }
    if (!to.write(line)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  }
  from.on('data', (chunk) => {
    let start = 0;
    for (let lf = chunk.indexOf(10); lf !== -1; lf = chunk.indexOf(10, start)) {
      const end = chunk.subarray(start, lf + 1);
      pass(parts.length === 0 ? end : Buffer.concat([...parts, end]));
      parts = [];
      start = lf + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
}

relay(process.stdin, child.stdin, 'call');
relay(child.stdout, process.stdout, 'result');
process.stdin.on('end', () => child.stdin.end());
child.on('exit', (code) => process.exit(code ?? 1));

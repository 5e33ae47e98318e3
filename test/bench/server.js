// A server that costs next to nothing, so that what is measured is the relay in front of it.
const BIG = 'x'.repeat(8 * 1024 * 1024 - 100);
let kept = '';

function answer(line) {
  const id = /"id":(\d+)/.exec(line)?.[1];
  if (id === undefined) return '';
  if (line.includes('"method":"initialize"')) {
    return `{"jsonrpc":"2.0","id":${id},"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"1"}}}\n`;
  }
  if (line.includes('"name":"big"')) {
    return `{"result":{"content":[{"type":"text","text":"${BIG}"}]},"jsonrpc":"2.0","id":${id}}\n`;
  }
  return `{"result":{"content":[{"type":"text","text":"the quick brown fox jumps over the lazy dog"}]},"jsonrpc":"2.0","id":${id}}\n`;
}

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  kept += chunk;
  let out = '';
  let start = 0;
  for (let lf = kept.indexOf('\n'); lf !== -1; lf = kept.indexOf('\n', start)) {
    out += answer(kept.slice(start, lf));
    start = lf + 1;
  }
  kept = kept.slice(start);
  if (out !== '') process.stdout.write(out);
});
process.stdin.on('end', () => process.exit(0));

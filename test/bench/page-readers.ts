// Open pages of the dashboard, a process of their own: `node page-readers.ts URL SECRET COUNT`. Reads each
// feed and drops what comes; writes "open" once all are open, and at the end of its input how many bytes came.
import http from 'node:http';

const [url = '', secret = '', count = '0'] = process.argv.slice(2);
let bytes = 0;
const open = Array.from({ length: Number(count) }, () => openFeed());
await Promise.all(open);
process.stdout.write('open\n');
process.stdin.on('end', () => {
  process.stdout.write(`${bytes}\n`, () => process.exit(0));
});
process.stdin.resume();

function openFeed(): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}` };
    const request = http.get(`${url}/api/v1/feed`, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the feed answered ${response.statusCode}`));
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        resolve();
      });
    });
    request.on('error', reject);
  });
}

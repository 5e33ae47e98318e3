// Verifies a log of guard without guard: node verify.js KEY.pem FILE… (oldest file first).
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';

const [keyFile, ...files] = process.argv.slice(2);
const key = createPublicKey(readFileSync(keyFile));
const der = key.export({ format: 'der', type: 'spki' });
const fingerprint = `sha256:${createHash('sha256').update(der).digest('hex')}`;
const HEAD =
  /^\{"v":1,"type":"([a-z]+)","ts":"[^"]*","writer":"([^"]*)","seq":(\d+),"prev":(?:null|"([0-9a-f]{64})"),/;
const END = /^(.*,"key":"([^"]*)"),"signature":"([0-9a-f]{128})"\}$/s;
const writers = new Map();
let findings = 0;

function found(place, text) {
  findings += 1;
  console.log(`${place}: ${text}`);
}

function isJson(line) {
  try {
    return JSON.parse(line) !== undefined;
  } catch {
    return false;
  }
}

/** Whether the record says itself which numbers its writer could not write, and follows what is there. */
function saysLoss(line, head, seq, prev) {
  if (!line.includes(',"event":"records-lost",')) return false;
  const { first, last, heads = [] } = JSON.parse(line).detail;
  const isThere = prev === head.hash || heads.some((one) => one.seq === head.seq && one.hash === head.hash);
  return isThere && first <= head.seq + 1 && last === seq - 1;
}

function check(line, place) {
  if (line === '') return;
  const match = HEAD.exec(line);
  if (match === null || !isJson(line)) {
    // The start of a record is what a killed writer leaves; if one is missing, its chain tells.
    if (isJson(line) || !('{"v":1,'.startsWith(line) || line.startsWith('{"v":1,')))
      found(place, 'no record');
    return;
  }
  const [, type, writer, number, prev = null] = match;
  const seq = Number(number);
  const head = writers.get(writer) ?? { seq: 0, hash: null, end: 'nothing signed' };
  if (!(seq === head.seq + 1 && prev === head.hash) && !saysLoss(line, head, seq, prev)) {
    found(place, `record ${seq} of ${writer} does not follow record ${head.seq}`);
  }
  let { end } = head;
  if (type === 'checkpoint') {
    const [, signed, by, signature] = END.exec(line) ?? [];
    if (by !== fingerprint) found(place, `a checkpoint of another key: ${by}`);
    else if (!verify(null, Buffer.from(signed), key, Buffer.from(signature, 'hex')))
      found(place, 'a wrong signature');
    end = line.includes(',"closing":true,"key":') ? 'closed' : `signed up to ${seq}`;
  } else if (end === 'closed') end = 'open again';
  writers.set(writer, { seq, hash: createHash('sha256').update(line).digest('hex'), end });
}

for (const file of files) {
  let [rest, count] = ['', 0];
  for await (const piece of createReadStream(file, 'utf8')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const line of lines) check(line, `${file}:${(count += 1)}`);
  }
  check(rest, `${file}:${count + 1}`);
}
for (const [writer, { seq, end }] of writers) console.log(`writer ${writer}: ${seq} records, ${end}`);
console.log(findings === 0 ? 'intact' : `changed: ${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;

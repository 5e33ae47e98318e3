import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { type PostBox, startPostBox } from '../support/post-box.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';
import { useGateway } from './gateway-peers.js';
import { callModern } from './modern-call.js';

verifies('audit:anchor', 'audit:anchor:remote');

const open = useSandbox();
const { serve } = useGateway();

async function postBox(): Promise<PostBox> {
  const box = await startPostBox();
  onTestFinished(() => box.close());
  return box;
}

async function udpServer(): Promise<{ readonly port: number; readonly messages: string[] }> {
  const server = createSocket('udp4');
  onTestFinished(() => void server.close());
  const messages: string[] = [];
  server.on('message', (message) => messages.push(message.toString('utf8')));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, messages };
}

function headsIn(sandbox: Sandbox): string[] {
  const lines = fs.readFileSync(sandbox.audit, 'utf8').split('\n');
  return lines.filter((line) => line.includes('"type":"checkpoint"'));
}

test('the stdio door hands its head to all three, and verify finds a cut tail with each of them', async () => {
  const [box, syslog] = [await postBox(), await udpServer()];
  const sandbox = open(`
version: '1'
audit:
  anchor:
    file: ../../elsewhere/heads.jsonl
    syslog: udp://127.0.0.1:${syslog.port}
    webhook: { url: '${box.url}', secret: '\${ANCHOR_SECRET}' }
`);
  const env = { ANCHOR_SECRET: 'a-secret-of-the-tests' };
  const guard = sandbox.guard({ server: ['echo', sandbox.received], env });
  await guard.ask(1, 'tools/call', { name: 'echo', arguments: {} });
  await guard.finish();
  const heads = headsIn(sandbox);
  expect(heads).toHaveLength(1);
  await eventually('the datagram', () => syslog.messages.length === 1);
  const file = path.join(sandbox.folder, 'elsewhere', 'heads.jsonl');
  expect(fs.readFileSync(file, 'utf8')).toBe(`${heads[0]}\n`);
  expect(box.bodies).toEqual(heads);
  expect(box.headers[0]).toHaveProperty('x-guard-signature');
  expect(syslog.messages[0]).toContain(` checkpoint - ${heads[0]}`);

  const kept: Record<string, string> = { syslog: `${syslog.messages[0]}\n`, webhook: `${box.bodies[0]}\n` };
  for (const [name, text] of Object.entries(kept)) fs.writeFileSync(path.join(sandbox.folder, name), text);
  const anchors = [file, ...Object.keys(kept).map((name) => path.join(sandbox.folder, name))];
  const verify = async (anchor: string): Promise<number | null> => {
    const words = [process.execPath, builtGuard(), 'audit', 'verify', '--anchor', anchor];
    const { code } = await sandbox.spawn(words).finish();
    return code;
  };
  for (const anchor of anchors) expect(await verify(anchor)).toBe(0);
  const lines = fs.readFileSync(sandbox.audit, 'utf8').split('\n');
  fs.writeFileSync(sandbox.audit, `${lines.slice(0, 2).join('\n')}\n`);
  for (const anchor of anchors) expect(await verify(anchor)).toBe(1);
});

test('anchors that are away or silent hold up no call and not the end, and the loss is told', async () => {
  const gone = createServer();
  gone.listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  const box = await postBox();
  box.answers(0);
  const sandbox = open(`
version: '1'
audit:
  anchor:
    syslog: tcp://127.0.0.1:${port}
    webhook: { url: '${box.url}' }
`);
  const guard = sandbox.guard({ server: ['echo', sandbox.received] });
  for (let id = 1; id <= 3; id += 1) await guard.ask(id, 'tools/call', { name: 'echo', arguments: {} });
  await guard.finish();
  expect(guard.stderr).toContain(`audit anchor webhook ${box.url}: 1 heads were not delivered`);
  expect(guard.stderr).toMatch(/audit anchor syslog tcp:\S+: connect ECONNREFUSED/);
  expect(sandbox.records().filter(({ type }) => type === 'outcome')).toHaveLength(3);
});

test('the HTTP door hands over its closing head', async () => {
  const box = await postBox();
  const { gateway, sandbox } = await serve(
    [{ name: 'near', command: process.execPath, args: [serverFile('echo')] }],
    { audit: { anchor: { webhook: { url: box.url } } }, policies: { unlisted_tools: 'allow' } },
  );
  await callModern({ base: gateway.base, server: 'near' });
  await gateway.close();
  const heads = headsIn(sandbox);
  expect(heads.at(-1)).toContain('"closing":true');
  expect(box.bodies).toEqual(heads);
});

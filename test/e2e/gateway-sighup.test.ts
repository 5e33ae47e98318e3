import fs from 'node:fs';
import { expect, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { eventually } from '../support/eventually.js';
import { writeGatewayConfig } from '../support/gateway-process.js';
import type { Sandbox } from '../support/sandbox.js';
import { useGateway } from './gateway-peers.js';
import { verifies } from '../requirements.js';

verifies('gateway:reload:sighup');

const { serve, connect } = useGateway();
const ECHO = { name: 'echo', command: process.execPath, args: [serverFile('echo')] };
const NO_DELETES = {
  policies: { rules: [{ name: 'no-deletes', match: { tool: 'delete' }, action: 'deny' }] },
};

function count(sandbox: Sandbox, name: string): number {
  return sandbox.records().filter((record) => record.type === 'event' && record.event === name).length;
}

test('SIGHUP: a good config comes into force, a bad and a missing one leave it there', async () => {
  const { sandbox, gateway } = await serve([ECHO]);
  const client = await connect({ kind: 'v2 auto', url: `${gateway.base}/mcp` });
  const deleted = async (): Promise<boolean> => !(await client.call('echo__delete')).isError;
  expect(await client.listTools()).toContain('echo__delete');
  expect(await deleted()).toBe(true);
  const hup = async (event: string, what: string): Promise<void> => {
    const before = count(sandbox, event);
    process.kill(gateway.process.pid, 'SIGHUP');
    await eventually(what, () => count(sandbox, event) > before);
  };

  process.kill(gateway.process.pid, 'SIGHUP');
  expect(await deleted()).toBe(true);

  writeGatewayConfig(gateway.config, gateway.port, [ECHO], NO_DELETES);
  await hup('policy-reloaded', 'the other config');
  expect(await deleted()).toBe(false);

  fs.writeFileSync(gateway.config, '{ broken');
  await hup('policy-reload-refused', 'the refusal of a broken config');
  await gateway.process.told('the last good one stays in force');
  expect(await deleted()).toBe(false);

  writeGatewayConfig(gateway.config, gateway.port, [{ name: 'echo' }], NO_DELETES);
  await hup('policy-reload-refused', 'the refusal of a config with a mistake');
  expect(await deleted()).toBe(false);

  fs.rmSync(gateway.config);
  await hup('policy-reload-refused', 'the refusal of none');
  expect(await deleted()).toBe(false);
  expect((await fetch(`${gateway.base}/readyz`)).status).toBe(200);

  writeGatewayConfig(gateway.config, gateway.port, [ECHO]);
  await hup('policy-reloaded', 'the first config again');
  expect(await deleted()).toBe(true);
});

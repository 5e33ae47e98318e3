import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readTarget } from '../../../src/commands/wrap-target.js';
import { verifies } from '../../requirements.js';
import { builtGuard } from '../../support/built-guard.js';
import { eventually } from '../../support/eventually.js';
import { useSandbox } from '../../support/use-sandbox.js';

verifies('install:remote');

const sandboxOf = useSandbox();

test('--header-env sends the value of a variable, which stands in no argument', async () => {
  const seen: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.headers.authorization, request.headers['x-team']?.toString());
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const words = ['--url', url, '--header-env', 'Authorization=GUARD_HEADER_1', '--header-env', 'X-Team=TEAM'];
  const guard = sandboxOf().spawn([process.execPath, builtGuard(), ...words], {
    GUARD_HEADER_1: 'Bearer ${NOT_EXPANDED}',
    TEAM: 'blue',
  });
  guard.say({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
  await eventually('the request', () => seen.length >= 2);
  expect(seen.slice(0, 2)).toEqual(['Bearer ${NOT_EXPANDED}', 'blue']);
  await guard.finish();
  server.closeAllConnections();
  server.close();
});

test.each(['NAME', '=V', 'A B=V', 'A:=V', 'A=1V', 'A=${V}'])('--header-env %j is an error', (pair) => {
  const options = { url: 'https://x.test/', headerEnv: pair };
  expect(() => readTarget({ args: [], rest: [], options }, {})).toThrow(/expects NAME=VARIABLE/);
});

import { expect, test } from 'vitest';
import { serverFile } from '../support/built-guard.js';
import { startGateway } from '../support/gateway-process.js';
import { useSandbox } from '../support/use-sandbox.js';
import { interleave } from './interleaving.js';
import { verifies } from '../requirements.js';

verifies('gateway:ids:apart');

const open = useSandbox();
const ERAS = ['legacy', 'modern'] as const;
const PAIRS = ERAS.flatMap((client) => ERAS.map((server) => [client, server] as const));
const CALLS = 600;

test.each(PAIRS)(
  '%s clients with the same ids and tokens never meet in a %s server',
  async (client, server) => {
    const sandbox = open();
    const args = [serverFile('fast-echo'), '--shuffle', '--era', server];
    const gateway = await startGateway(sandbox, [{ name: 'echo', command: process.execPath, args }]);
    const found = await interleave(`${gateway.base}/mcp/echo`, client, CALLS);
    expect(found).toEqual({ calls: CALLS, progress: (CALLS * 3) / 2, mistakes: [] });
    await gateway.close();
  },
);

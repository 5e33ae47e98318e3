import { afterEach } from 'vitest';
import { Sandbox } from './sandbox.js';

/** Gives each test its homes; after it they must be left without a process and without a complaint. */
export function useSandbox(): (config?: string) => Sandbox {
  const open: Sandbox[] = [];
  afterEach(async () => {
    for (const sandbox of open.splice(0)) await sandbox.close();
  });
  return (config) => {
    const sandbox = new Sandbox(config);
    open.push(sandbox);
    return sandbox;
  };
}

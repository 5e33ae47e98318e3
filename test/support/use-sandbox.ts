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

/** The same for tests that run side by side, where hooks do not know whose they are. */
export async function withSandbox(run: (sandbox: Sandbox) => Promise<void>, config?: string): Promise<void> {
  const sandbox = new Sandbox(config);
  let failure: unknown;
  try {
    await run(sandbox);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // What was left behind is told of only where nothing worse happened.
    await sandbox.close().catch((error: unknown) => {
      if (failure === undefined) throw error;
    });
  }
}

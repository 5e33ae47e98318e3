import type { LoadedConfig, LoadOptions } from '../config/load.js';
import { ConfigInvalidError, mistakeText } from '../config/mistakes.js';
import { watchConfig } from '../config/watch.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { messageOf } from '../platform/errors.js';

/** The policy as its files state it now. */
export interface PolicyInForce {
  readonly current: () => LoadedConfig['policy'];
  readonly budgets: () => LoadedConfig['budgets'];
  readonly evidence: () => LoadedConfig['evidence'];
  /** Changes with every change of a file that the policy is made of. */
  readonly digest: () => string;
  /** The files themselves. */
  readonly config: () => Pick<LoadedConfig, 'mode' | 'layers' | 'settings'>;
  close(): void;
}

function policyDigest({ mode, layers }: LoadedConfig): string {
  return [mode, ...layers.map(({ layer, digest }) => `${layer} ${digest}`)].join(' ');
}

export interface PolicyInput {
  readonly options: LoadOptions;
  readonly first: LoadedConfig;
  readonly diagnostics: Diagnostics;
  /** Gets ready what a policy needs before it comes into force. */
  readonly prepare: (config: LoadedConfig) => Promise<void>;
  readonly record: (event: string, detail: string) => void;
}

/** Starts with the first policy and follows its files. SIGHUP reads them again, and so does any change of theirs. */
export function policyInForce(input: PolicyInput): PolicyInForce {
  const { options, first, diagnostics, prepare, record } = input;
  let inForce = first;
  let digest = policyDigest(first);
  let swapped = Promise.resolve();
  const watcher = watchConfig(options, first, {
    onConfig(config) {
      swapped = swapped.then(() => swap(config)).catch(refuse);
    },
    onError: refuse,
  });
  async function swap(config: LoadedConfig): Promise<void> {
    await prepare(config);
    inForce = config;
    digest = policyDigest(config);
    const summary = config.layers.map(({ layer, rules }) => `${layer}: ${rules} rules`).join(', ');
    diagnostics.note(`policy reloaded (${summary})`);
    record('policy-reloaded', config.layers.map(({ layer, digest }) => `${layer} ${digest}`).join(', '));
  }
  function refuse(error: unknown): void {
    diagnostics.note('the changed config is not used, the last good one stays in force:');
    const lines = error instanceof ConfigInvalidError ? error.mistakes.map(mistakeText) : [messageOf(error)];
    for (const line of lines) diagnostics.note(line);
    record('policy-reload-refused', messageOf(error));
  }
  const reload = (): void => void watcher.reload();
  process.on('SIGHUP', reload);
  return {
    current: () => inForce.policy,
    budgets: () => inForce.budgets,
    evidence: () => inForce.evidence,
    digest: () => digest,
    config: () => inForce,
    close() {
      process.off('SIGHUP', reload);
      watcher.close();
    },
  };
}

import { messageOf } from '../platform/errors.js';
import type { LayerName } from './decision.js';

/** Where in a config file something stands: keys and list positions from the top. */
export type ConfigPath = readonly (string | number)[];

/** Something in a layer's policy that cannot be compiled. */
export interface PolicyMistake {
  readonly layer: LayerName;
  readonly path: ConfigPath;
  readonly message: string;
}

/** Collects the mistakes of one layer, so that a person sees all of them at once. */
export class Mistakes {
  readonly list: PolicyMistake[] = [];
  readonly #layer: LayerName;

  constructor(layer: LayerName) {
    this.#layer = layer;
  }

  /** Notes one mistake. */
  add(path: ConfigPath, message: string): void {
    this.list.push({ layer: this.#layer, path, message });
  }

  /** What `compile` returns; where it throws, its message is noted and undefined comes back. */
  attempt<T>(path: ConfigPath, compile: () => T): T | undefined {
    try {
      return compile();
    } catch (error) {
      this.add(path, messageOf(error));
      return undefined;
    }
  }

  /** Runs `check` on each entry of a list or on a single value, with the path of that entry; an empty list is a mistake. */
  each<T>(path: ConfigPath, source: T | readonly T[], check: (entry: T) => unknown): void {
    if (!Array.isArray(source)) {
      this.attempt(path, () => check(source as T));
      return;
    }
    if (source.length === 0) this.add(path, 'the list is empty, so nothing could match');
    source.forEach((entry: T, index) => this.attempt([...path, index], () => check(entry)));
  }
}

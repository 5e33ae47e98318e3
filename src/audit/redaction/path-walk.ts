import type { ArgumentPath } from '../../platform/argument-path.js';
import { foldKey } from '../../platform/fold.js';

interface OpenPath {
  readonly path: ArgumentPath;
  /** Steps that were taken. */
  readonly at: number;
}

/** How far each of several paths has come on the way into a value. */
export class PathWalk {
  readonly #open: readonly OpenPath[];

  private constructor(open: readonly OpenPath[]) {
    this.#open = open;
  }

  /** At the root; undefined where there are no paths. */
  static from(paths: readonly ArgumentPath[]): PathWalk | undefined {
    return paths.length === 0 ? undefined : new PathWalk(paths.map((path) => ({ path, at: 0 })));
  }

  /** Whether one of the paths ends here. `[*]` at its end means the value itself too: servers take one bare element. */
  get arrived(): boolean {
    return this.#open.some(
      ({ path, at }) =>
        at === path.steps.length || (at === path.steps.length - 1 && path.steps[at]?.kind === 'each'),
    );
  }

  /** One step on: into the member of this name or the element at this position. Undefined where no path leads there. */
  into(step: string | number): PathWalk | undefined {
    const open = this.#open.flatMap(({ path, at }) => {
      const next = path.steps[at];
      const passes =
        typeof step === 'number'
          ? next?.kind === 'each' || (next?.kind === 'index' && next.index === step)
          : next?.kind === 'key' && next.folded === foldKey(step);
      return passes ? [{ path, at: at + 1 }] : [];
    });
    return open.length === 0 ? undefined : new PathWalk(open);
  }
}

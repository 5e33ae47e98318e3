/** What goes wrong, at which call of a port, and whether it stays wrong. */
export interface FaultPlan {
  readonly at: number;
  readonly persistent: boolean;
}

/** Counts the calls of one port and says which of them fail. */
export class Fault {
  readonly #plan: FaultPlan;
  calls = 0;
  /** While true nothing fails any more: the disk has room again. */
  healed = false;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** Whether the run came as far as the fault. */
  get hit(): boolean {
    return this.calls >= this.#plan.at;
  }

  /** Counts one call; true when it is to fail. */
  strikes(): boolean {
    this.calls += 1;
    if (this.healed) return false;
    return this.#plan.persistent ? this.calls >= this.#plan.at : this.calls === this.#plan.at;
  }
}

/** Every function of a port fails when the fault strikes; `shortly` may stand in for what a write returns then. */
export function faulty<Port extends object>(port: Port, fault: Fault, fail: (name: string) => unknown): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...given: readonly unknown[]): unknown =>
        fault.strikes() ? fail(String(name)) : Reflect.apply(value, target, given);
    },
  });
}

/** The error of a full disk, as Node throws it. */
export function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}

import { Counter, type CounterConfiguration } from 'prom-client';

/** Adds one to the counter with these values of its labels, in the order of their names. */
export type CountOne = (...values: readonly string[]) => void;

/**
 * A counter for the path of a call. Most counts have the labels of the one before, so a run of them is
 * counted here and handed on as one sum: when another one comes, and when somebody asks.
 */
export function runCounter(config: Omit<CounterConfiguration<string>, 'collect'>): CountOne {
  const { labelNames = [] } = config;
  let last: readonly string[] = [];
  let count = 0;
  const handOn = (): void => {
    if (count > 0)
      counter.inc(Object.fromEntries(labelNames.map((name, at) => [name, last[at] ?? ''])), count);
    count = 0;
  };
  const counter = new Counter({ ...config, collect: handOn });
  return (...values) => {
    if (count === 0 || values.some((value, at) => value !== last[at])) {
      handOn();
      last = values;
    }
    count += 1;
  };
}

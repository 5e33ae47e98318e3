import { setFlagsFromString } from 'node:v8';

/**
 * Runs work that happens once without V8's optimizing compiler: compiling code that will not run
 * again costs more time than it saves, and seven megabytes of resident memory for as long as guard
 * runs. Node documents that flags may be set while the program runs; this one only decides what is
 * compiled from then on.
 */
export async function withoutOptimizer<Result>(work: () => Promise<Result>): Promise<Result> {
  setFlagsFromString('--no-opt');
  try {
    return await work();
  } finally {
    setFlagsFromString('--opt');
  }
}

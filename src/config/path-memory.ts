import { PATH_MEMORY_MS, PATH_MEMORY_PATHS_MAX } from '../platform/bounds.js';

/** Resolves a path to its canonical form, see canonical-path.ts. */
export type ResolvePath = (text: string, baseDir: string) => string | undefined;

/**
 * Resolves each path at most once per PATH_MEMORY_MS, since agents name the same few paths again
 * and again and each resolution costs system calls. A symlink that changes within that time is not
 * seen; neither is one that changes between the judgment and the moment when the server opens it.
 */
export function rememberPaths(
  resolve: ResolvePath,
  monotonicMs: () => number = () => performance.now(),
): ResolvePath {
  const memory = new Map<string, string | undefined>();
  let sinceMs = monotonicMs();
  return (text, baseDir) => {
    const nowMs = monotonicMs();
    if (nowMs - sinceMs > PATH_MEMORY_MS || memory.size >= PATH_MEMORY_PATHS_MAX) {
      memory.clear();
      sinceMs = nowMs;
    }
    const key = `${baseDir}\u0000${text}`;
    if (memory.has(key)) return memory.get(key);
    const canonical = resolve(text, baseDir);
    memory.set(key, canonical);
    return canonical;
  };
}

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
  const folders = new Map<string, Map<string, string | undefined>>();
  let paths = 0;
  let sinceMs = monotonicMs();
  return (text, baseDir) => {
    const nowMs = monotonicMs();
    if (nowMs - sinceMs > PATH_MEMORY_MS || paths >= PATH_MEMORY_PATHS_MAX) {
      folders.clear();
      paths = 0;
      sinceMs = nowMs;
    }
    let memory = folders.get(baseDir);
    if (memory === undefined) {
      memory = new Map();
      folders.set(baseDir, memory);
    }
    const known = memory.get(text);
    if (known !== undefined || memory.has(text)) return known;
    const canonical = resolve(text, baseDir);
    memory.set(text, canonical);
    paths += 1;
    return canonical;
  };
}

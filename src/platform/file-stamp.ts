import fs from 'node:fs';

/**
 * A text that changes whenever the file does: when it appears, vanishes, is replaced or written;
 * undefined where there is none. Follows no symlink.
 */
export function stampOf(file: string): string | undefined {
  try {
    const stats = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.mode}:${stats.uid}`;
  } catch {
    return '!';
  }
}

import { FrameSplitter } from '../../jsonrpc/frames.js';
import { NOISE_CHARS_MAX, UPSTREAM_STDERR_LINE_BYTES_MAX } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';

/**
 * Cuts what a server writes on stderr into lines for a log that several servers share. Each is
 * printable; of one above UPSTREAM_STDERR_LINE_BYTES_MAX only the beginning is kept.
 */
export function stderrLines(take: (line: string) => void): (chunk: Buffer) => void {
  const splitter = new FrameSplitter(UPSTREAM_STDERR_LINE_BYTES_MAX, {
    frame(bytes, start, end) {
      if (end > start) take(printable(bytes.toString('utf8', start, end)));
    },
    oversized(size, head) {
      take(`${printable(head.toString('utf8'), NOISE_CHARS_MAX)} (a line of ${size} bytes)`);
    },
  });
  return (chunk) => splitter.push(chunk);
}

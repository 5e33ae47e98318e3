import type { Diagnostics } from '../../platform/diagnostics.js';
import { messageOf } from '../../platform/errors.js';
import { closeQuietly, openLogFile, systemLogFiles } from '../log-file.js';

/**
 * A second place for checkpoints: a file that is appended to, one line per head, opened anew for each.
 * It is trusted as the log is. What cannot be written is noted and lost; later heads vouch for the
 * same records.
 */
export function createAnchorFile(
  file: string,
  diagnostics: Pick<Diagnostics, 'repeated'>,
): (line: string) => void {
  return (line) => {
    let descriptor: number | undefined;
    try {
      const opened = openLogFile(file, systemLogFiles, process.getuid?.());
      ({ descriptor } = opened);
      const bytes = Buffer.from(`${opened.endedTorn ? '\n' : ''}${line}\n`);
      const written = systemLogFiles.write(descriptor, bytes);
      if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
    } catch (error) {
      diagnostics.repeated(
        'audit-anchor',
        `cannot write the anchor of the audit log ${file}: ${messageOf(error)}`,
      );
    } finally {
      if (descriptor !== undefined) closeQuietly(descriptor, systemLogFiles);
    }
  };
}

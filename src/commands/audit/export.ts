import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT_CODES } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import { createDiagnostics } from '../../platform/diagnostics.js';
import type { CommandInput, Run, Tools } from '../command.js';
import { openLineOutput } from '../tail-output.js';
import { onceTextOption, usageError } from '../text-option.js';
import { type Exporter, type Format, FORMATS, otlpExporter, textExporter } from './exporter.js';
import { type ExportTarget, openExportFile } from './export-target.js';
import { createOtlpSender, otlpHeaders, otlpUrl } from './otlp-sender.js';
import { openReading, scanCalls } from './scan-calls.js';

/**
 * Writes calls for other programs. Ends with 0, also where there were none or the reader left; with 2
 * where a file of the log could not be read, a collector took records back, or it was stopped. Throws
 * GuardError `usage`, `audit-unreadable`, `file-exists`, `export-unwritable`,
 * `output-unwritable`, `export-refused`.
 */
export const run: Run = async (input, tools) => {
  const place = await openPlace(input, tools);
  const { exporter, target } = place;
  const note = notesTo(tools);
  try {
    let calls = 0;
    const reading = await openReading(input, tools, 'exporting');
    await scanCalls<string>(reading, {
      reverse: false,
      keep: (line) => line.text(),
      onCall: (call) => {
        calls += 1;
        exporter.push(call);
      },
      afterBlock: async () => {
        await exporter.flush(false);
        return tools.signal.aborted || place.hasLeft();
      },
    });
    if (tools.signal.aborted) {
      note('stopped: the export is not whole');
      return EXIT_CODES.error;
    }
    await exporter.flush(true);
    await target.finish();
    if (place.output !== undefined) note(`${calls} calls and records to ${place.output}`);
    if (exporter.rejected > 0) note(`${exporter.rejected} of them were not taken`);
    return reading.isComplete() && exporter.rejected === 0 ? EXIT_CODES.ok : EXIT_CODES.error;
  } finally {
    await target.discard();
  }
};

/** What the options ask for. */
interface Place {
  readonly exporter: Exporter;
  readonly target: ExportTarget;
  /** Where it goes, in words; undefined for stdout. */
  readonly output: string | undefined;
  /** Whether nobody reads any more. */
  readonly hasLeft: () => boolean;
}

async function openPlace(input: CommandInput, tools: Tools): Promise<Place> {
  const { options } = input;
  const format = formatOf(input);
  const endpoint = onceTextOption(options, 'endpoint');
  const output = onceTextOption(options, 'output');
  if (endpoint !== undefined) {
    if (format !== 'otlp' || output !== undefined) {
      throw usageError('--endpoint: expected --format otlp and no --output', 'give one of them');
    }
    return endpointPlace(endpoint, tools);
  }
  if (output === undefined) {
    const { target, hasLeft } = stdoutTarget(tools);
    return { exporter: exporterTo(target, format), target, output, hasLeft };
  }
  const target = await openExportFile(path.resolve(tools.cwd, output), options['force'] === true);
  return { exporter: exporterTo(target, format), target, output, hasLeft: () => false };
}

function exporterTo(target: ExportTarget, format: Format): Exporter {
  const write = (text: string): Promise<void> => target.write(text);
  if (format !== 'otlp') return textExporter(format, write);
  // A file of requests, one per line, is what collectors read.
  return otlpExporter(async (body) => {
    await write(`${body}\n`);
    return 0;
  });
}

function endpointPlace(endpoint: string, tools: Tools): Place {
  const url = otlpUrl(endpoint);
  const { signal } = tools;
  const sender = createOtlpSender({
    url,
    headers: otlpHeaders(tools.env, url),
    signal,
    wait: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    note: notesTo(tools),
  });
  return {
    exporter: otlpExporter((body) => sender.send(body)),
    target: { write: nothing, finish: nothing, discard: nothing },
    output: `${url.origin}${url.pathname}`,
    hasLeft: () => false,
  };
}

function stdoutTarget({ stdout, signal }: Tools): Pick<Place, 'target' | 'hasLeft'> {
  const output = openLineOutput(stdout, signal);
  let isClosed = false;
  const close = (): Promise<void> => {
    if (isClosed) return Promise.resolve();
    isClosed = true;
    return output.close();
  };
  const target: ExportTarget = {
    write: (text) => output.write(text),
    finish: close,
    // What failed was said already.
    discard: () => close().catch(() => undefined),
  };
  return { target, hasLeft: () => output.signal.aborted };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

function notesTo({ stderr }: Tools): (text: string) => void {
  const diagnostics = createDiagnostics((line) => void stderr.write(line));
  return (text) => diagnostics.note(text);
}

function formatOf({ options }: CommandInput): Format {
  const text = onceTextOption(options, 'format') ?? 'json';
  const format = FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  throw usageError(
    `--format: expected ${FORMATS.join(', ')}, got "${printable(text)}"`,
    'guard audit export --format csv',
  );
}

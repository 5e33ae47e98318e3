import type { Command } from '../command.js';
import { FILTER_FLAGS } from './filter-flags.js';

/** `guard audit export`: the log for other programs. */
export const auditExportCommand: Command = {
  usage: 'export',
  summary: 'write calls, decision and outcome as one, as JSON lines, CSV or OpenTelemetry logs',
  options: [
    ...FILTER_FLAGS,
    { flags: '--format <format>', summary: 'json (lines), csv or otlp', default: 'json' },
    { flags: '--output <file>', summary: 'file to write, which must not be there (default: stdout)' },
    { flags: '--force', summary: 'replace that file' },
    {
      flags: '--endpoint <url>',
      summary: 'send otlp there; headers come from OTEL_EXPORTER_OTLP_HEADERS',
    },
  ],
  examples: [
    'guard audit export --since 30d > calls.jsonl',
    'guard audit export --format csv --output calls.csv',
    'guard audit export --format otlp --endpoint http://127.0.0.1:4318',
  ],
  load: () => import('./export.js'),
};

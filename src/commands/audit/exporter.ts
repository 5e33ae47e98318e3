import type { Call } from '../../audit/call-scan.js';
import { CSV_HEAD, csvRow } from '../../audit/csv.js';
import { joinedCall } from '../../audit/joined-call.js';
import { logRecordOf, otlpRequest } from '../../audit/otlp/log-record.js';
import { OTLP_BATCH_BYTES, OTLP_BATCH_RECORDS } from '../../platform/bounds.js';
import { VERSION } from '../../platform/version.js';
import { shownJsonLine } from '../json-print.js';

/** What `--format` can name. */
export const FORMATS = ['json', 'csv', 'otlp'] as const;
export type Format = (typeof FORMATS)[number];

/** Turns calls into what another program reads. */
export interface Exporter {
  push(call: Call<string>): void;
  /** Hands on what was pushed; with `isLast` also what would be a small batch. */
  flush(isLast: boolean): Promise<void>;
  /** Records that a collector took back. */
  readonly rejected: number;
}

/** JSON lines or CSV. */
export function textExporter(
  format: Exclude<Format, 'otlp'>,
  write: (text: string) => Promise<void>,
): Exporter {
  const row =
    format === 'csv'
      ? (call: Call<string>) => csvRow(joinedCall(call))
      : (call: Call<string>) => shownJsonLine(joinedCall(call));
  let rows: string[] = format === 'csv' ? [CSV_HEAD] : [];
  return {
    push: (call) => void rows.push(row(call)),
    async flush() {
      const text = rows.join('');
      rows = [];
      if (text !== '') await write(text);
    },
    rejected: 0,
  };
}

/** Requests of OpenTelemetry logs; `send` resolves with how many records were not taken. */
export function otlpExporter(send: (body: string) => Promise<number>): Exporter {
  let records: string[] = [];
  let rejected = 0;
  const sendFirst = async (count: number): Promise<void> => {
    const batch = records.slice(0, count);
    records = records.slice(count);
    rejected += await send(otlpRequest(batch, VERSION));
  };
  return {
    push: (call) => void records.push(JSON.stringify(logRecordOf(joinedCall(call)))),
    async flush(isLast) {
      for (;;) {
        const count = batchSize(records);
        const isFull = count < records.length || count === OTLP_BATCH_RECORDS;
        if (count === 0 || !(isFull || isLast)) return;
        await sendFirst(count);
      }
    },
    get rejected() {
      return rejected;
    },
  };
}

/** How many of the records go into one request: at least one. */
function batchSize(records: readonly string[]): number {
  let bytes = 0;
  let count = 0;
  for (const record of records) {
    bytes += Buffer.byteLength(record);
    if (count > 0 && (count >= OTLP_BATCH_RECORDS || bytes > OTLP_BATCH_BYTES)) return count;
    count += 1;
  }
  return count;
}

import { countCalls } from '../../../src/audit/call-index/call-index.js';
import type { KnownPieces } from '../../../src/audit/call-index/known-pieces.js';
import type { PieceStore } from '../../../src/audit/call-index/piece-store.js';
import { createCallScan } from '../../../src/audit/call-scan.js';
import type { CallCounter } from '../../../src/audit/call-stats.js';
import { countCall, type CountedRecord, createRecordCounter } from '../../../src/audit/counted-record.js';
import { compileFilter } from '../../../src/audit/filter.js';
import { scanLog } from '../../../src/audit/scan-log.js';
import type { TimeSpan } from '../../../src/audit/segment-times.js';
import { listSegments } from '../../../src/audit/segments.js';

/** What was counted of a log, and what was said of its lines. */
export interface CountedLog {
  /** Each call and each other record as JSON, in order of the text. */
  readonly counted: readonly string[];
  readonly troubles: readonly string[];
  readonly missingBytes: number;
}

/** The log counted by reading all of it. */
export async function countedByReading(log: string, span: TimeSpan = {}): Promise<CountedLog> {
  const { counted, counter } = listCounter();
  const troubles: string[] = [];
  const filter = compileFilter(span as { sinceMs: number });
  const scan = createCallScan<CountedRecord>({
    filter,
    reverse: false,
    keep: createRecordCounter(),
    onCall: (call) => countCall(call, counter),
  });
  const blocks = scanLog({
    segments: await listSegments(log),
    reverse: false,
    filter,
    onRecord: (line) => scan.push(line),
    onTrouble: ({ entry }) => void troubles.push(`${entry.trouble} ${entry.place.offset}`),
    onUnreadable: (error) => void troubles.push(error.code),
  });
  while ((await blocks.next()).done !== true) scan.settle();
  scan.end();
  return { counted: counted.toSorted(), troubles, missingBytes: 0 };
}

/** The log counted from its call index; only what is `known`, where that is given. */
export async function countedFromIndex(
  log: string,
  store: PieceStore,
  { span = {}, known }: { span?: TimeSpan; known?: KnownPieces } = {},
): Promise<CountedLog> {
  const { counted, counter } = listCounter();
  const troubles: string[] = [];
  let missingBytes = 0;
  const request = {
    segments: await listSegments(log),
    span,
    counter,
    ...(known === undefined ? {} : { known }),
    onTrouble: ({ entry }: { entry: { trouble: string; place: { offset: number } } }) =>
      void troubles.push(`${entry.trouble} ${entry.place.offset}`),
    onUnreadable: (error: { code: string }) => void troubles.push(error.code),
  };
  for await (const progress of countCalls(request, store)) ({ missingBytes } = progress);
  return { counted: counted.toSorted(), troubles, missingBytes };
}

function listCounter(): { readonly counted: string[]; readonly counter: CallCounter } {
  const counted: string[] = [];
  return {
    counted,
    counter: {
      add({ atMs, server, agent, tool, rule, decision, result, latencyMs }) {
        counted.push(JSON.stringify([atMs, server, agent, tool, rule, decision, result, latencyMs]));
      },
      addOther: (type) => void counted.push(type),
    },
  };
}

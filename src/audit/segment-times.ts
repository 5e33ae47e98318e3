import { AUDIT_CLOCK_SLACK_MS } from '../platform/bounds.js';
import { isGuardError } from '../platform/errors.js';
import { type Block, readBlocks, readBlocksBackwards } from './blocks.js';
import { entriesOf } from './line-cutter.js';
import { type OpenLog, openLog } from './reader.js';
import type { Segment } from './segments.js';

/** A span of wall-clock milliseconds since 1970; open where an end is undefined. */
export interface TimeSpan {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/**
 * The segments that can hold records of this time. Times are labels: clocks jump, and writers
 * overlap. So a segment is left out only where its first and its last record both lie more than
 * AUDIT_CLOCK_SLACK_MS on the same side of the time, and never because of its place among the others.
 */
export async function segmentsOfTime<File extends Segment>(
  segments: readonly File[],
  { sinceMs, untilMs }: TimeSpan,
): Promise<readonly File[]> {
  if (sinceMs === undefined && untilMs === undefined) return segments;
  const earliestMs = (sinceMs ?? Number.NEGATIVE_INFINITY) - AUDIT_CLOCK_SLACK_MS;
  const latestMs = (untilMs ?? Number.POSITIVE_INFINITY) + AUDIT_CLOCK_SLACK_MS;
  const chosen: File[] = [];
  for (const segment of segments) {
    const [first, last] = await endsOf(segment.path);
    const isOver = first < earliestMs && last < earliestMs;
    const isToCome = first > latestMs && last > latestMs;
    if (!isOver && !isToCome) chosen.push(segment);
  }
  return chosen;
}

/** The times of the first and last line; NaN, which is on no side of anything, where they do not say. */
async function endsOf(path: string): Promise<readonly [number, number]> {
  let log: OpenLog | undefined;
  try {
    log = await openLog(path);
    if (log === undefined) return [Number.NaN, Number.NaN];
    const first = await firstOf(readBlocks(log, path));
    const last = await firstOf(readBlocksBackwards(log, path));
    return [timeOf(first.slice(0, indexOrEnd(first))), timeOf(lastLine(last))];
  } catch (error) {
    // Whoever reads it will hear of it.
    if (isGuardError(error)) return [Number.NaN, Number.NaN];
    throw error;
  } finally {
    await log?.handle.close();
  }
}

async function firstOf(blocks: AsyncGenerator<Block>): Promise<string> {
  for await (const block of blocks) return block.kind === 'lines' ? block.text : '';
  return '';
}

function indexOrEnd(text: string): number {
  const end = text.indexOf('\n');
  return end === -1 ? text.length : end;
}

function lastLine(text: string): string {
  const whole = text.endsWith('\n') ? text.slice(0, -1) : text;
  return whole.slice(whole.lastIndexOf('\n') + 1);
}

function timeOf(line: string): number {
  const [entry] = entriesOf(Buffer.from(line, 'latin1').toString('utf8'), { line: undefined, offset: 0 });
  return entry?.kind === 'record' ? Date.parse(entry.record.ts) : Number.NaN;
}

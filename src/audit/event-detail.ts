import { isJsonObject, type JsonObject, member, parseJson } from '../platform/json.js';

/** What an event of this name says; undefined for any other line. The line has no line feed. */
export function eventDetail(line: Buffer, event: string): JsonObject | undefined {
  if (!line.includes(`,"event":"${event}",`)) return undefined;
  const record = parseJson(line.toString('utf8'));
  if (!isJsonObject(record) || member(record, 'type') !== 'event' || member(record, 'event') !== event)
    return undefined;
  const detail = member(record, 'detail');
  return isJsonObject(detail) ? detail : undefined;
}

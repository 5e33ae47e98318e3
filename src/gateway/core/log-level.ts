import { isJsonObject, member, type JsonObject } from '../../platform/json.js';

/** The levels of log messages, lowest first (2025-11-25, server/utilities/logging, after RFC 5424). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Whether messages of one level are wanted where those of the other are not; unknown levels want everything. */
export function isMoreVerbose(level: string, than: string): boolean {
  return LEVELS.indexOf(level) < LEVELS.indexOf(than);
}

/** Whether a log message is below the level that the client asked for; unknown levels never are. */
export function isBelow(line: Buffer, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  const params = member(JSON.parse(line.toString('utf8')) as JsonObject, 'params');
  const level = isJsonObject(params) ? member(params, 'level') : undefined;
  const given = typeof level === 'string' ? LEVELS.indexOf(level) : -1;
  return given !== -1 && given < LEVELS.indexOf(wanted);
}

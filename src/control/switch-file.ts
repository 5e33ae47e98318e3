import { isJsonObject, member, parseJson } from '../platform/json.js';
import { textDigest } from '../platform/text-digest.js';

/** What the file of a kill switch says. One that was lifted stays, so that every guard can say who lifted it. */
export interface SwitchState {
  /** The server that it stops; null for all of them. */
  readonly server: string | null;
  readonly on: boolean;
  /** Who turned it. */
  readonly by: string;
  readonly reason: string | null;
  /** RFC 3339. A label. */
  readonly at: string;
}

/** The name of the switch's file. Names of servers hold anything, so they stand in it as a digest. */
export function switchFileName(server: string | null): string {
  return server === null ? 'all.json' : `server-${textDigest(server)}.json`;
}

/** The file's content as a value. */
export function switchFile(state: SwitchState): object {
  return { v: 1, ...state };
}

/** What a file of this name says; undefined where it is not what guard writes. */
export function readSwitchText(name: string, text: string): SwitchState | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value) || member(value, 'v') !== 1) return undefined;
  const server = member(value, 'server');
  const on = member(value, 'on');
  const by = member(value, 'by');
  const reason = member(value, 'reason');
  const at = member(value, 'at');
  if (typeof on !== 'boolean' || typeof by !== 'string' || typeof at !== 'string') return undefined;
  if ((server !== null && typeof server !== 'string') || (reason !== null && typeof reason !== 'string'))
    return undefined;
  return switchFileName(server) === name ? { server, on, by, reason, at } : undefined;
}

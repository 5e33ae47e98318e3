import { isJsonObject, member, parseJson, type JsonObject, type JsonValue } from '../platform/json.js';
import { type Mode, MODES } from '../platform/mode.js';

/** What a running guard tells of itself. */
export interface RunningGuard {
  /** Names this guard process, as in its records. */
  readonly writer: string;
  readonly pid: number;
  /** Tells the process from another one that gets its pid later; null where the system does not tell. */
  readonly started: string | null;
  /** RFC 3339. Labels. */
  readonly since: string;
  readonly updated: string;
  readonly server: string;
  readonly client: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly mode: Mode;
  readonly layers: readonly RunningLayer[];
  readonly calls: RunningCalls;
  /** Calls that wait for a person now. */
  readonly pending: number;
}

/** One config file that is in force. */
interface RunningLayer {
  readonly layer: string;
  readonly path: string;
  readonly digest: string;
  readonly mode: Mode;
}

/** What became of governed calls since the guard started. */
interface RunningCalls {
  readonly allowed: number;
  readonly denied: number;
  readonly held: number;
  readonly dry_run: number;
}

/** The name of the file of the guard that this writer names. */
export function runningFileName(writer: string): string {
  return `${writer}.json`;
}

/** The file's content as a value. */
export function runningFile(guard: RunningGuard): object {
  return { v: 1, ...guard };
}

/** What a file of this name says; undefined where it is not what guard writes. */
export function readRunningText(name: string, text: string): RunningGuard | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value) || member(value, 'v') !== 1) return undefined;
  const calls = member(value, 'calls');
  const layers = member(value, 'layers');
  const fits =
    ['writer', 'since', 'updated', 'server'].every((key) => isText(value, key)) &&
    ['started', 'client', 'agent', 'session'].every(
      (key) => isText(value, key) || member(value, key) === null,
    ) &&
    ['pid', 'pending'].every((key) => isCount(value, key)) &&
    isMode(value) &&
    isJsonObject(calls) &&
    ['allowed', 'denied', 'held', 'dry_run'].every((key) => isCount(calls, key)) &&
    Array.isArray(layers) &&
    layers.every(isLayer);
  if (!fits) return undefined;
  const guard = value as unknown as RunningGuard;
  return runningFileName(guard.writer) === name ? guard : undefined;
}

function isLayer(value: JsonValue): boolean {
  return (
    isJsonObject(value) && ['layer', 'path', 'digest'].every((key) => isText(value, key)) && isMode(value)
  );
}

function isMode(value: JsonObject): boolean {
  const mode = member(value, 'mode');
  return MODES.some((one) => one === mode);
}

function isText(value: JsonObject, key: string): boolean {
  return typeof member(value, key) === 'string';
}

function isCount(value: JsonObject, key: string): boolean {
  const count = member(value, key);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
}

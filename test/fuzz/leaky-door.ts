import { isJsonObject } from '../../src/platform/json.js';
import { type Door, GuardDoor, type Passage } from './doors.js';
import type { Judged } from './models/seen.js';

/**
 * Guard with some of its checks taken out: a line that it refuses for one of these reasons is
 * judged as a careless proxy would, by what JSON.parse makes of it, and forwarded.
 */
export class LeakyDoor implements Door {
  readonly #guard = new GuardDoor();
  readonly #ignored: ReadonlySet<string>;

  constructor(ignored: readonly string[]) {
    this.#ignored = new Set(ignored);
  }

  send(bytes: Buffer): Passage {
    const forwarded: Buffer[] = [];
    const judged: Judged[] = [];
    const refusals: string[] = [];
    let denied = 0;
    for (const line of linesOf(bytes)) {
      const passage = this.#guard.send(line);
      forwarded.push(passage.forwarded);
      judged.push(...passage.judged);
      refusals.push(...passage.refusals);
      denied += passage.denied;
      if (!passage.refusals.some((reason) => this.#ignored.has(reason))) continue;
      const calls = carelesslyJudged(line);
      if (calls.some(({ target }) => target === 'delete_file')) denied++;
      else {
        forwarded.push(line);
        judged.push(...calls);
      }
    }
    return { forwarded: Buffer.concat(forwarded), judged, denied, refusals };
  }
}

/** What a proxy judges that trusts JSON.parse and lets pass what it does not understand. */
export function carelesslyJudged(line: Buffer): Judged[] {
  const message = parsed(line.toString('utf8'));
  if (!isJsonObject(message) || message['jsonrpc'] !== '2.0') return [];
  if ('result' in message || 'error' in message) return [];
  const { id, method, params } = message;
  if ((typeof id !== 'string' && typeof id !== 'number') || typeof method !== 'string') return [];
  const given = isJsonObject(params) ? params : {};
  if (method !== 'tools/call') return [{ method, target: undefined, input: given }];
  const { name, arguments: input } = given;
  return typeof name === 'string' ? [{ method, target: name, input: isJsonObject(input) ? input : {} }] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const lf = bytes.indexOf(0x0a, start);
    const next = lf === -1 ? bytes.length : lf + 1;
    lines.push(bytes.subarray(start, next));
    start = next;
  }
  return lines;
}

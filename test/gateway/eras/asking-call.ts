import { ModernToLegacy } from '../../../src/gateway/eras/modern-to-legacy.js';
import { envelope, fromServer, heldPort, request, toServer, type HeldPort } from './held-port.js';

export const ALL = '{"elicitation":{"form":{}},"sampling":{},"roots":{}}';
export const FORM = '{"mode":"form","message":"Name?"}';
export const ARGUMENTS = '"arguments":{"n":1}';

export interface Called {
  readonly port: HeldPort;
  readonly era: ModernToLegacy;
}

export function call(era: ModernToLegacy, id: number, more = '', given = ARGUMENTS, meta = ''): string[] {
  const params = `{"name":"ask",${given}${more},"_meta":{${envelope(ALL)}${meta}}}`;
  return toServer(era, request(id, 'tools/call', params));
}

/** A call under the id 5 whose server asks one question under the id "q-1". */
export function asking(id = 5): Called {
  const port = heldPort();
  const era = new ModernToLegacy(port);
  call(era, id);
  fromServer(era, request('q-1', 'elicitation/create', FORM));
  return { port, era };
}

export const ANSWER = '{"action":"accept","content":{"name":"x"}}';
export const answered = (handle: string, responses: string): string =>
  `,"inputResponses":${responses},"requestState":"${handle}"`;

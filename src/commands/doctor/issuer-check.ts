import type { JsonObject } from '../../platform/json.js';
import { isJsonObject, member, parseJson } from '../../platform/json.js';
import { DOCTOR_ANSWER_MS, DOCTOR_CLOCK_MS_MAX, DOCTOR_DOCUMENT_BYTES_MAX } from '../../platform/bounds.js';
import { messageOf } from '../../platform/errors.js';
import { type DoctorCheck, type DoctorFinding, fine, problem, warning } from './doctor-check.js';

/** Whether the issuer and its keys can be reached, and whether its clock agrees. */
export const issuerCheck: DoctorCheck = {
  name: 'issuer',
  async run({ config, tools }) {
    if (config?.ok !== true) return [];
    const { issuer, jwks_uri: stated } = config.config.settings.sections.identity ?? {};
    if (issuer === undefined) return [];
    const findings: DoctorFinding[] = [];
    try {
      const keysAddress = stated ?? (await discovered(issuer));
      const { document, dateMs } = await fetched(keysAddress);
      const keys = member(document, 'keys');
      findings.push(
        Array.isArray(keys) && keys.length > 0
          ? fine(`${issuer}: ${keys.length} keys`)
          : problem(`${keysAddress} lists no keys`, 'ask whoever runs the issuer'),
      );
      const apartMs = Number.isNaN(dateMs) ? 0 : Math.abs(tools.clock.wallMs() - dateMs);
      if (apartMs > DOCTOR_CLOCK_MS_MAX) {
        findings.push(
          warning(
            `this clock and the issuer's are ${Math.round(apartMs / 1000)} s apart`,
            'set the clock: tokens expire by it',
          ),
        );
      }
    } catch (error) {
      findings.push(
        problem(messageOf(error), 'check identity.issuer, identity.jwks_uri, the network and its proxy'),
      );
    }
    return findings;
  },
};

/** The address of the issuer's keys, by OpenID Connect Discovery 1.0, section 4. */
async function discovered(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { document } = await fetched(address);
  if (member(document, 'issuer') !== issuer) throw new Error(`${address} speaks of another issuer`);
  const keys = member(document, 'jwks_uri');
  if (typeof keys !== 'string') throw new Error(`${address} names no jwks_uri`);
  return keys;
}

async function fetched(address: string): Promise<{ document: JsonObject; dateMs: number }> {
  const response = await fetch(address, {
    signal: AbortSignal.timeout(DOCTOR_ANSWER_MS),
    redirect: 'error',
    headers: { accept: 'application/json' },
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new Error(`${address} cannot be reached: ${messageOf(cause)}`, { cause: error });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${address} answers with status ${response.status}`);
  }
  const document = parseJson(await boundedText(response, address));
  if (!isJsonObject(document)) throw new Error(`${address} is no JSON document`);
  return { document, dateMs: Date.parse(response.headers.get('date') ?? '') };
}

async function boundedText(response: Response, address: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > DOCTOR_DOCUMENT_BYTES_MAX)
      throw new Error(`${address} is larger than ${DOCTOR_DOCUMENT_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

import http from 'node:http';
import https from 'node:https';
import { ISSUER_DOCUMENT_BYTES_MAX, ISSUER_TIMEOUT_MS } from '../../platform/bounds.js';
import { type JsonObject, isJsonObject, parseJson } from '../../platform/json.js';
import { VERSION } from '../../platform/version.js';

/**
 * The JSON object at an address. Rejects with a readable message for anything but a 200 with one,
 * within ISSUER_TIMEOUT_MS and ISSUER_DOCUMENT_BYTES_MAX. Redirects are not followed: where they
 * lead, nobody configured.
 */
export async function fetchJson(address: URL, signal: AbortSignal): Promise<JsonObject> {
  const timely = AbortSignal.any([signal, AbortSignal.timeout(ISSUER_TIMEOUT_MS)]);
  const text = await fetchText(address, timely).catch((error: unknown) => {
    if (timely.aborted && !signal.aborted) {
      throw new Error(`${address.href} gave no answer within ${ISSUER_TIMEOUT_MS} ms`);
    }
    throw error;
  });
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new Error(`${address.href} did not answer with a JSON object`);
  return value;
}

function fetchText(address: URL, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const { get } = address.protocol === 'https:' ? https : http;
    const headers = { accept: 'application/json', 'user-agent': `mcp-guard/${VERSION}` };
    const request = get(address, { signal, headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.resume();
        reject(new Error(`${address.href} answered with status ${answer.statusCode}`));
        return;
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes <= ISSUER_DOCUMENT_BYTES_MAX) return;
        answer.destroy();
        reject(new Error(`${address.href} answered with more than ${ISSUER_DOCUMENT_BYTES_MAX} bytes`));
      });
      answer.on('end', () => resolve(Buffer.concat(parts).toString()));
      answer.on('error', reject);
    });
    request.on('error', (error) => reject(new Error(`${address.href}: ${error.message}`, { cause: error })));
  });
}

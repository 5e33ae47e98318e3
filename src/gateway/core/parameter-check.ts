import type { IncomingHttpHeaders } from 'node:http';
import { member, type JsonObject } from '../../platform/json.js';
import { argumentText, valueAt } from '../../upstream/remote/mirrored-headers.js';
import type { Mirror } from '../../upstream/remote/parameter-headers.js';
import { decoded, single } from './classify.js';

/**
 * The header `Mcp-Param-…` that does not say what the arguments say, if there is one (2026-07-28,
 * basic/transports/streamable-http, "Custom Headers from Tool Parameters"); integers count as numbers.
 */
export function disagreeingHeader(
  mirrors: readonly Mirror[],
  params: JsonObject | undefined,
  headers: IncomingHttpHeaders,
): string | undefined {
  const given = params === undefined ? undefined : member(params, 'arguments');
  for (const { path, name } of mirrors) {
    const value = valueAt(given, path);
    const expected = argumentText(value);
    const header = single(headers, `mcp-param-${name.toLowerCase()}`);
    const said = decoded(header);
    if (header !== undefined && said === undefined) return name;
    if (said === expected) continue;
    if (typeof value === 'number' && said !== undefined && said !== '' && Number(said) === value) continue;
    return name;
  }
  return undefined;
}

import { DETECTORS } from '../audit/redaction/detectors.js';
import type { RedactionSettings } from '../audit/redaction/redact.js';
import { parseArgumentPath } from '../platform/argument-path.js';
import type { ConfigSource } from './schema.js';

type RedactSource = NonNullable<NonNullable<ConfigSource['audit']>['redact']>;

/**
 * What all files ask for together: the paths add up, and a detector is off only where one file says so
 * and none says that it is on. The paths were checked with the schema.
 */
export function redactionSettings(sources: readonly (RedactSource | undefined)[]): RedactionSettings {
  const stated = (name: (typeof DETECTORS)[number]): (boolean | undefined)[] =>
    sources.map((source) => source?.detectors?.[name]);
  const texts = new Set(sources.flatMap((source) => source?.paths ?? []));
  return {
    paths: [...texts].map((text) => parseArgumentPath(text)),
    off: new Set(DETECTORS.filter((name) => stated(name).includes(false) && !stated(name).includes(true))),
  };
}

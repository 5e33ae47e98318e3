import { argumentPathText } from '../../platform/argument-path.js';
import { AUDIT_LINE_BYTES_MAX } from '../../platform/bounds.js';
import { isJsonObject, type JsonObject, parseJson } from '../../platform/json.js';
import type { DetectorsOff } from './detectors.js';
import type { KnownSecrets } from './known-secrets.js';
import { createRedaction } from './redact.js';

/** One secret that still stands in a log, told without it. */
export interface LineFinding {
  /** The member of the record: `$.arguments.user`; `$` where the line is no record. */
  readonly place: string;
  readonly kind: string;
  /** Its first two characters and its length; of short ones the length alone. */
  readonly shown: string;
}

/** Members that guard makes itself: digests, signatures, counts and ids. */
const OWN: ReadonlySet<string> = new Set(
  (
    'v type ts writer seq prev request_id arg_hash http_request_id traceparent ' +
    'config pid latency_ms arg_size response_size size'
  ).split(' '),
);

/** Looks for what redaction would have taken out of one line of a log. */
export function createLineCheck(known: KnownSecrets, off: DetectorsOff): (line: string) => LineFinding[] {
  let findings: LineFinding[] = [];
  const settings = { paths: [], off };
  const redact = createRedaction(known, settings);
  const hide = (name: string): string => {
    const shown = redact(name);
    return typeof shown === 'string' ? shown : name;
  };
  const inspect = createRedaction(known, settings, {
    charsMax: AUDIT_LINE_BYTES_MAX,
    onFinding: (place, kind, found) => {
      findings.push({ place: placeText(place, hide), kind, shown: shortened(found) });
    },
  });
  return (line) => {
    findings = [];
    const record = parseJson(line);
    inspect(isJsonObject(record) ? foreignMembers(record) : line);
    return findings;
  };
}

/** Of what guard signed itself, nothing came from anybody. */
function foreignMembers(record: JsonObject): JsonObject {
  if (record['type'] === 'checkpoint') return {};
  return Object.fromEntries(Object.entries(record).filter(([name]) => !OWN.has(name)));
}

/** The names of members can be secrets themselves. */
function placeText(place: readonly (string | number)[], hide: (name: string) => string): string {
  return place.reduce<string>(
    (text, step) => text + (typeof step === 'number' ? `[${step}]` : argumentPathText([hide(step)]).slice(1)),
    '$',
  );
}

function shortened(found: string): string {
  const head = found.length < SHORT_CHARS ? '' : found.slice(0, 2);
  return `${head}… (${found.length} characters)`;
}

/** Of a shorter secret two characters would tell too much. */
const SHORT_CHARS = 12;

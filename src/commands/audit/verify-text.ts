import type { Finding, Spot } from '../../audit/verify/finding.js';
import type { Verification, VerifiedWriter } from '../../audit/verify/verify-log.js';
import { printable } from '../../platform/printable.js';
import { shownJsonLine } from '../json-print.js';

/** A verification and what it was made with. */
export interface ShownVerification {
  readonly result: Verification;
  readonly files: readonly string[];
  /** Fingerprints of the keys that checkpoints were checked with. */
  readonly keys: readonly string[];
}

/** What no check of a log can tell. docs/audit.md says it at length. */
const CANNOT_KNOW = [
  'whether something was never recorded: an intact log need not be a complete one',
  'whether who holds the private key wrote it anew: keep heads elsewhere (audit.anchor) and verify with --anchor',
  'what stood behind the last checkpoint of an unfinished writer: a crash and a cut look alike without an anchor',
];

/** Writers that are listed by name; the others are counted. */
const LISTED = 20;

/** The result for people. */
export function verificationText({ result, files, keys }: ShownVerification): string {
  const { writers, findings, findingsInAll, torn } = result;
  const count = (status: VerifiedWriter['status']): number =>
    writers.filter((one) => one.status === status).length;
  const lines = [
    `${result.records} records of ${writers.length} writers in ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    ...findings.map(findingLine),
    ...(findingsInAll > findings.length ? [`… and ${findingsInAll - findings.length} more`] : []),
    `writers: ${count('intact')} intact, ${count('unfinished')} unfinished, ${count('unchained')} unchained, ${count('tampered')} with findings`,
    ...listed(
      writers.filter(({ lost }) => lost > 0),
      'with lost records',
      (one) =>
        `lost: writer ${printable(one.writer)} says that it could not write ${one.lost} of its records`,
    ),
    ...listed(
      writers.filter(({ status }) => status === 'unfinished'),
      'unfinished',
      (one) =>
        `unfinished: writer ${printable(one.writer)} ends at record ${one.lastSeq}, signed up to ${one.vouchedSeq}; it still runs, crashed, or was cut`,
    ),
    ...listed(
      writers.filter(({ status }) => status === 'unchained'),
      'unchained',
      (one) =>
        `unchained: writer ${printable(one.writer)}, ${one.records} records from before guard had a chain`,
    ),
    ...(result.prunedHeads === 0
      ? []
      : [
          `pruned: of ${result.prunedHeads} anchored writers all records are gone, from before the time up to which files were removed`,
        ]),
    ...torn.slice(0, LISTED).map((spot) => `torn: ${place(spot)}, a line that a writer left unfinished`),
    keys.length === 0
      ? 'signatures: not checked, as there is no key; name one with --key'
      : `signatures: ${result.checkedSignatures} checkpoints fit ${keys.map((key) => printable(key)).join(', ')}`,
    findingsInAll === 0 ? 'verdict: intact' : `verdict: changed (${findingsInAll} findings)`,
    'what this cannot know:',
    ...CANNOT_KNOW.map((line) => `- ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The result for programs: one line. */
export function verificationJson({ result, files, keys }: ShownVerification): string {
  const { findings, torn, writers, ...counts } = result;
  const shown = {
    verdict: result.findingsInAll === 0 ? 'intact' : 'changed',
    files,
    keys,
    ...counts,
    findings: findings.map(({ spot, ...finding }) => ({ ...finding, ...spotJson(spot) })),
    torn: torn.map(spotJson),
    writers: writers.map(({ findings: own, ...writer }) => ({ ...writer, findings: own.length })),
    cannot_know: CANNOT_KNOW,
  };
  return shownJsonLine(shown);
}

function findingLine({ kind, spot, writer, first, last, message }: Finding): string {
  const where = spot === undefined ? '' : ` ${place(spot)}`;
  const whose = writer === undefined ? '' : ` writer ${printable(writer)}`;
  const which =
    first === undefined ? '' : ` record ${first === last || last === undefined ? first : `${first}-${last}`}`;
  return `${kind}:${where}${whose}${which}: ${printable(message)}`;
}

function place({ file, line }: Spot): string {
  return `${printable(file)}:${line}`;
}

function spotJson(spot: Spot | undefined): { file: string | null; line: number | null } {
  return { file: spot?.file ?? null, line: spot?.line ?? null };
}

function listed(
  some: readonly VerifiedWriter[],
  what: string,
  text: (one: VerifiedWriter) => string,
): string[] {
  const more = some.length > LISTED ? [`… and ${some.length - LISTED} more ${what}`] : [];
  return [...some.slice(0, LISTED).map(text), ...more];
}

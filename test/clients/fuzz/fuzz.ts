import type { FileKind } from '../../../src/clients/edit/file-plan.js';
import { COMMON_SHAPE } from '../../../src/clients/table/client.js';
import { Random } from '../../fuzz/random.js';
import { checkBytes, checkMade, type Outcome } from './check-made.js';
import { makeJson } from './make-json.js';
import { makeToml } from './make-toml.js';
import { makeYaml } from './make-yaml.js';
import type { MadeFile } from './model.js';

export const FORMATS = ['json', 'json-comments', 'json-lenient', 'toml', 'yaml', 'yaml-list'] as const;
export type FuzzFormat = (typeof FORMATS)[number];

/** What many files of one format came to. */
export interface FuzzReport {
  readonly format: FuzzFormat;
  readonly files: number;
  readonly wrapped: number;
  readonly refusedEntries: number;
  /** Whole files that were refused although nothing is wrong with them, by reason. */
  readonly refusedFiles: ReadonlyMap<string, number>;
  /** Files that were broken on purpose: how many were refused, and how many still were well-formed. */
  readonly broken: { readonly refused: number; readonly fine: number };
  readonly findings: readonly { readonly index: number; readonly what: string; readonly text: string }[];
}

function make(format: FuzzFormat, random: Random): MadeFile {
  if (format === 'toml') return makeToml(random);
  if (format === 'yaml' || format === 'yaml-list') return makeYaml(random, format === 'yaml-list');
  return makeJson(random, format);
}

function kindOf(format: FuzzFormat): FileKind {
  const client = { shape: COMMON_SHAPE };
  if (format === 'toml') return { format, keyPaths: [['mcp_servers']], client };
  if (format === 'yaml-list') return { format: 'yaml', keyPaths: [['mcpServers']], isList: true, client };
  return { format, keyPaths: [['mcpServers']], client };
}

/** Makes `files` files from the seed, and a broken one of each, and checks them all. */
export function fuzzClients(format: FuzzFormat, files: number, seed: number): FuzzReport {
  const kind = kindOf(format);
  const refusedFiles = new Map<string, number>();
  const findings: { index: number; what: string; text: string }[] = [];
  const broken = { refused: 0, fine: 0 };
  let wrapped = 0;
  let refusedEntries = 0;
  for (let index = 0; index < files && findings.length < 5; index += 1) {
    const random = new Random(seed, index);
    const made = make(format, random);
    const outcome = checkMade(made, kind);
    if (outcome.kind === 'restored') {
      wrapped += outcome.wrapped;
      refusedEntries += outcome.refused;
    } else if (outcome.kind === 'refused') {
      refusedFiles.set(outcome.why, (refusedFiles.get(outcome.why) ?? 0) + 1);
    } else {
      findings.push({ index, what: outcome.what, text: made.text });
    }
    const damaged = damage(Buffer.from(made.text), random);
    const after: Outcome = checkBytes(damaged, kind);
    if (after.kind === 'wrong')
      findings.push({ index, what: `damaged: ${after.what}`, text: damaged.toString() });
    else if (after.kind === 'refused') broken.refused += 1;
    else broken.fine += 1;
  }
  return { format, files, wrapped, refusedEntries, refusedFiles, broken, findings };
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  ':',
  '\n',
  "'",
  '#',
  '=',
  '&a ',
  '*a',
  '<<: ',
  '\u0000',
  '\uFFFD',
];

/** One thing broken: cut off, a piece taken out, put in or doubled, or no UTF-8. */
function damage(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const rest = bytes.subarray(at);
  switch (random.below(5)) {
    case 0:
      return Buffer.from(bytes.subarray(0, at));
    case 1:
      return Buffer.concat([bytes.subarray(0, at), rest.subarray(1 + random.below(4))]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(PIECES)), rest]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), rest.subarray(0, 40), rest]);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), rest]);
  }
}

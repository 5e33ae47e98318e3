import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SigningKey } from '../../../src/audit/signing-key.js';
import { LogVerifier, type Verification } from '../../../src/audit/verify/verify-log.js';
import { type Random, randomFrom } from '../../support/random.js';
import { EDITS } from './edits.js';
import { fileText, makeKey, makeLog } from './make-log.js';

/** What trials came to. Each trouble can be made again from its seed. */
export interface TrialReport {
  readonly runs: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly troubles: readonly string[];
}

/** Changes `count` logs, one way each, of those that are named in turn: every change has to be found and named. */
export async function tamperTrials(
  count: number,
  seed: number,
  names: readonly string[] = Object.keys(EDITS),
): Promise<TrialReport> {
  const [key, other] = [makeKey(1), makeKey(2)];
  const byKind: Record<string, number> = {};
  const troubles: string[] = [];
  let runs = 0;
  for (let trial = 0; runs < count; trial += 1) {
    const random = randomFrom(seed + trial);
    const name = names[trial % names.length] ?? '';
    const log = makeLog(random, key, { isRough: random.below(2) === 0 });
    const edit = EDITS[name]?.(random, log, other);
    if (edit === undefined) continue;
    runs += 1;
    byKind[name] = (byKind[name] ?? 0) + 1;
    const heads = edit.needsAnchor ? log.heads : [];
    const { findings, files } = await verified(edit.files, heads, key);
    const isNamed = findings.some((one) => edit.isNamedBy(one, files.indexOf(one.spot?.file ?? '')));
    if (!isNamed) troubles.push(`seed ${seed + trial}, ${name} (${edit.what}): ${JSON.stringify(findings)}`);
  }
  return { runs, byKind, troubles };
}

/** Verifies `count` logs that nobody changed, with kills, full disks, rotations and anchors: nothing is to be found. */
export async function untouchedTrials(count: number, seed: number): Promise<TrialReport> {
  const key = makeKey(1);
  const byKind: Record<string, number> = {};
  const troubles: string[] = [];
  for (let trial = 0; trial < count; trial += 1) {
    const random: Random = randomFrom(seed + trial);
    const log = makeLog(random, key, { isRough: random.below(4) > 0 });
    const files = log.files.map((lines) => Buffer.from(fileText(lines)));
    const { findings, writers } = await verified(files, log.heads, key);
    for (const { status } of writers) byKind[status] = (byKind[status] ?? 0) + 1;
    if (findings.length > 0) troubles.push(`seed ${seed + trial}: ${JSON.stringify(findings)}`);
  }
  return { runs: count, byKind, troubles };
}

/** Verifies files with these contents, oldest first, as one log. */
export async function verified(
  contents: readonly Buffer[],
  heads: readonly string[],
  key: SigningKey,
): Promise<Verification & { readonly files: readonly string[] }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-tamper-'));
  try {
    const verifier = new LogVerifier(new Map([[key.fingerprint, key.publicKey]]));
    if (heads.length > 0) {
      const anchor = path.join(folder, 'anchor.jsonl');
      fs.writeFileSync(anchor, heads.map((head) => `${head}\n`).join(''));
      await verifier.readAnchor(anchor);
    }
    const files = contents.map((_bytes, index) => path.join(folder, `${index}.jsonl`));
    for (const [index, file] of files.entries()) {
      fs.writeFileSync(file, contents[index] ?? '');
      await verifier.readFile(file, () => undefined);
    }
    return { ...verifier.finish(), files };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

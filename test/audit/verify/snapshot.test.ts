import fs from 'node:fs';
import { expect, test } from 'vitest';
import { segmentPath } from '../../../src/audit/segment-name.js';
import { listSegments } from '../../../src/audit/segments.js';
import { readWhole } from '../../../src/audit/verify/snapshot.js';
import { LogVerifier, type Verification } from '../../../src/audit/verify/verify-log.js';
import { randomFrom } from '../../support/random.js';
import { useLogFolder, WALL_MS } from '../log-folder.js';
import { makeKey, makeLog } from '../tamper/make-log.js';
import { verifies } from '../../requirements.js';

verifies('audit:readers:rotation');

const at = useLogFolder();
const key = makeKey(1);
const lines = makeLog(randomFrom(4), key, { isRough: false }).files.flat();
const part = (from: number, to?: number): string =>
  lines
    .slice(from, to)
    .map(({ text }) => `${text}\n`)
    .join('');

function rotate(stepMs: number): string {
  const rotated = segmentPath(at.log, WALL_MS + stepMs);
  fs.renameSync(at.log, rotated);
  return rotated;
}

/** Verifies the log; `meanwhile` is called with each look at it, after its files were listed. */
async function verified(meanwhile: (look: number) => void): Promise<Verification & { looks: number }> {
  let verifier = new LogVerifier(new Map([[key.fingerprint, key.publicKey]]));
  let looks = 0;
  await readWhole(
    async () => {
      verifier = new LogVerifier(new Map([[key.fingerprint, key.publicKey]]));
      const segments = await listSegments(at.log);
      meanwhile((looks += 1));
      return segments;
    },
    () => (opened) => verifier.readFile(opened, () => undefined),
  );
  return { ...verifier.finish(), looks };
}

test('a log that is rotated after the look is read as far as it reached', async () => {
  fs.writeFileSync(at.log, part(0, 20));
  rotate(0);
  fs.writeFileSync(at.log, part(20, 40));
  const { findings, records } = await verified((look) => {
    if (look > 1) return;
    rotate(1);
    fs.writeFileSync(at.log, part(40));
  });
  expect(findings).toEqual([]);
  expect(records).toBe(40);
});

test('what a writer appends to a rotated file and then to the new one is no gap', async () => {
  fs.writeFileSync(at.log, part(0, 20));
  const rotated = rotate(0);
  fs.writeFileSync(at.log, part(30, 40));
  // Records 20 to 29 come late, as those of a writer that has not noticed the rotation.
  fs.appendFileSync(rotated, part(20, 30));
  const { findings } = await verified((look) => {
    if (look > 1) return;
    fs.appendFileSync(rotated, '');
    fs.appendFileSync(at.log, part(40));
  });
  expect(findings).toEqual([]);
});

test('a file that is pruned after the look has the log looked at again, where its statement stands', async () => {
  fs.writeFileSync(at.log, part(0));
  const rotated = rotate(0);
  fs.writeFileSync(at.log, '');
  const result = await verified((look) => {
    if (look === 1) fs.rmSync(rotated);
  });
  expect(result).toMatchObject({ looks: 2, records: 0, findings: [] });
});

test('a log that is pruned all the time is read in the end as it is', async () => {
  fs.writeFileSync(at.log, part(0, 10));
  const result = await verified((look) => {
    // Out of the log, and not removed: its number must not be given away again.
    fs.renameSync(at.log, `${at.log}.gone-${look}`);
    fs.writeFileSync(at.log, part(0, 10));
  });
  expect(result).toMatchObject({ looks: 100, findings: [] });
});

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventFields } from '../../../src/audit/encode.js';
import { takeInventory } from '../../../src/audit/inventory.js';
import type { Verification } from '../../../src/audit/verify/verify-log.js';
import { randomFrom } from '../../support/random.js';
import { TS } from '../lines.js';
import { useLogFolder } from '../log-folder.js';
import { signedLines } from '../signed-writer.js';
import { makeKey, makeLog } from '../tamper/make-log.js';
import { verified } from '../tamper/trials.js';
import { verifies } from '../../requirements.js';

verifies('audit:prune:signed');

const at = useLogFolder();
const key = makeKey(1);
const made = makeLog(randomFrom(4), key, { isRough: false });
const lines = made.files.flat().map(({ text }) => `${text}\n`);
/** The writers of whom records stand behind that file: those that ended in it are gone without a trace. */
const writers = [
  ...new Set(
    made.files
      .flat()
      .slice(20)
      .map(({ writer }) => writer),
  ),
];
/** The log after its oldest file was removed. */
const rest = lines.slice(20).join('');

/** What a statement of that file says. */
async function statement(until = TS): Promise<EventFields> {
  fs.writeFileSync(at.log, lines.slice(0, 20).join(''));
  const inventory = await takeInventory(at.log, new Map());
  const named = (inventory?.writers ?? []).map((writer) => ({ ...writer }));
  expect(named.map(({ writer }) => writer)).toEqual(expect.arrayContaining(writers));
  return { event: 'pruned', detail: { file: 'x', until, writers: named } };
}

async function verdict(appended: readonly string[], heads: readonly string[] = []): Promise<Verification> {
  return verified([Buffer.from(rest + appended.join(''))], heads, key);
}

async function missing(result: Promise<Verification>): Promise<(string | undefined)[]> {
  const { findings } = await result;
  return findings
    .filter(({ kind }) => kind === 'missing')
    .map(({ writer }) => writer)
    .toSorted();
}

describe('the records of a file that was removed', () => {
  test('are none that is missing where a statement of it is signed', async () => {
    expect(await missing(verdict([]))).toEqual(writers.toSorted());
    const result = await verdict(signedLines('pruner', key, [await statement()]));
    expect(result.findings).toEqual([]);
  });

  test.each([
    ['by nobody, as somebody without the key would append it', 1, key],
    ['by another key', 2, makeKey(2)],
  ])('are missing where the statement is signed %s', async (_, count, signer) => {
    const forged = signedLines('pruner', signer, [await statement()]).slice(0, count);
    expect(await missing(verdict(forged))).toEqual(writers.toSorted());
  });

  test('are missing where the statement was put before a checkpoint that signs something else', async () => {
    const [stated = ''] = signedLines('pruner', key, [await statement()]);
    const [other = '', checkpoint = ''] = signedLines('pruner', key, [{ event: 'x', detail: null }]);
    expect(await missing(verdict([stated, checkpoint]))).toEqual(writers.toSorted());
    expect(await missing(verdict([other, stated, checkpoint]))).toEqual(writers.toSorted());
  });
});

test('a head of an anchor is excused by the time of a signed statement alone', async () => {
  const [, head = ''] = signedLines('ended', key, [{ event: 'x', detail: null }]);
  const signed = signedLines('pruner', key, [await statement()]);
  expect(await verdict(signed, [head.trimEnd()])).toMatchObject({ prunedHeads: 1, findings: [] });
  const [unsigned = ''] = signedLines('other', key, [await statement('2999-01-01T00:00:00.000Z')]);
  const late = signedLines('pruner', key, [await statement('2020-01-01T00:00:00.000Z')]);
  const { prunedHeads, findings } = await verdict([...late, unsigned], [head.trimEnd()]);
  expect({ prunedHeads, found: findings.map(({ writer }) => writer) }).toMatchObject({
    prunedHeads: 0,
    found: ['ended'],
  });
});

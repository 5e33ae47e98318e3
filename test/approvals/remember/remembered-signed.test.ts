import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RememberedEntry } from '../../../src/approvals/remember/entry.js';
import { createRememberedReader } from '../../../src/approvals/remember/remembered-file.js';
import { createApproverSet } from '../../../src/approvals/signing/approver-set.js';
import { rememberedText } from '../../../src/approvals/signing/signed-text.js';
import { folderWith } from '../../config/check-yaml.js';
import { verifies } from '../../requirements.js';
import { entry } from './requests.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const approvers = createApproverSet([
  { name: 'alice', public_key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') },
]);
const signed = (made: RememberedEntry): RememberedEntry => ({
  ...made,
  signature: sign(null, Buffer.from(rememberedText(made)), privateKey).toString('base64'),
});

function reading(entries: readonly RememberedEntry[], set = approvers): [number, string | null] {
  const file = path.join(folderWith(), 'remembered.json');
  writeFileSync(file, JSON.stringify({ version: 1, entries }));
  const reader = createRememberedReader(file, { approvers: set });
  return [reader.entries().length, reader.trouble()];
}

test('with approvers, only what one of them signed counts, and the rest is told of', () => {
  verifies('approval:remember:signed');
  const good = signed(entry());
  expect(reading([good])).toEqual([1, null]);
  expect(reading([entry()], createApproverSet([]))).toEqual([1, null]);
  const forged: RememberedEntry[] = [
    entry(),
    { ...good, approver: 'bob' },
    { ...good, tool: 'delete_file' },
    { ...good, input: {} },
    { ...good, expires_at: null },
    { ...good, rules: [...good.rules, 'user/other'] },
    { ...good, project: '/x', scope: 'project' },
    { ...good, signature: `${good.signature?.slice(0, -4)}/w==` },
  ];
  const [count, trouble] = reading([...forged, good]);
  expect(count).toBe(1);
  expect(trouble).toMatch(
    /: 8 of 9 remembered answers are not signed by an enrolled approver and do not count$/,
  );
});

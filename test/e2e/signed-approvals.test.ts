import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ApprovalAnswer } from '../../src/approvals/answer.js';
import type { RememberedFile } from '../../src/approvals/remember/entry.js';
import type { ApprovalRequest } from '../../src/approvals/request.js';
import { approverKeyPath, writeApproverKey } from '../../src/approvals/signing/approver-key-file.js';
import { createApproverKey, unlockApproverKey } from '../../src/approvals/signing/approver-key.js';
import { createApproverSet } from '../../src/approvals/signing/approver-set.js';
import { answerText } from '../../src/approvals/signing/signed-text.js';
import { isJsonObject, type JsonObject, member } from '../../src/platform/json.js';
import { builtGuard } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { type Pty, startPty } from '../support/pty.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

const sandbox = useSandbox();
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
});

const PASSPHRASE = 'correct horse';
const busOf = (home: Sandbox) => path.join(home.folder, 'state', 'guard', 'approvals');
const rememberedOf = (home: Sandbox) => path.join(home.folder, 'state', 'guard', 'remembered.json');
const callsOf = (home: Sandbox) => home.receivedLines().filter((line) => line.includes('tools/call')).length;

function pendingOf(home: Sandbox): Promise<ApprovalRequest> {
  return eventually('a request on the bus', () => {
    const folder = path.join(busOf(home), 'requests');
    const [name] = fs.existsSync(folder)
      ? fs.readdirSync(folder).filter((entry) => entry.endsWith('.json'))
      : [];
    return name === undefined
      ? undefined
      : (JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as ApprovalRequest);
  });
}

/** Puts an answer on the bus as any program of this user can, and waits until guard has refused it. */
async function forge(home: Sandbox, answer: ApprovalAnswer, count: number): Promise<void> {
  fs.writeFileSync(path.join(busOf(home), 'answers', `${answer.id}.json`), JSON.stringify(answer), {
    mode: 0o600,
    flag: 'wx',
  });
  await eventually('the record of the refusal', () => refusalsOf(home).length === count);
}

function refusalsOf(home: Sandbox): string[] {
  return home
    .records()
    .flatMap((record) =>
      record.type === 'event' && record.event === 'approval-answer-refused'
        ? JSON.stringify(record.detail)
        : [],
    );
}

test('only what an enrolled approver signed releases a call, now and later', async () => {
  verifies('approval:signature:end-to-end');
  const home = sandbox();
  const config = path.dirname(home.config);
  const key = await createApproverKey('alice', PASSPHRASE);
  const stranger = await unlockApproverKey(await createApproverKey('alice', PASSPHRASE), PASSPHRASE);
  writeApproverKey(approverKeyPath(config, 'alice'), key);
  home.writeConfig(
    JSON.stringify({
      version: '1',
      approval: { approvers: [{ name: 'alice', public_key: key.public_key }] },
      policies: {
        rules: [
          {
            name: 'ask',
            match: { tool: 'write' },
            action: 'require_approval',
            approval: { remember: 'user' },
          },
        ],
      },
    }),
  );
  const guard = home.guard({ server: ['echo', home.received] });
  await guard.ask(0, 'tools/list');
  guard.say({ id: 1, method: 'tools/call', params: { name: 'write', arguments: { text: 'a' } } });
  const request = await pendingOf(home);
  const answer: ApprovalAnswer = {
    v: 1,
    id: request.id,
    digest: request.digest,
    decision: 'approved',
    remember: null,
    reason: null,
    approver: 'alice',
    channel: 'terminal',
    presence: 'signature',
    answered_at: request.created_at,
    expires_at: request.expires_at,
    signature: null,
  };
  await forge(home, { ...answer, presence: 'script' }, 1);
  await forge(home, { ...answer, signature: stranger(answerText(answer)) }, 2);
  const own = await unlockApproverKey(key, PASSPHRASE);
  await forge(home, { ...answer, signature: own(answerText({ ...answer, decision: 'denied' })) }, 3);
  expect([callsOf(home), guard.answers(1)]).toEqual([0, []]);

  const words = ['approve', request.id, '--as', 'alice', '--remember', 'user'];
  const pty = startPty([process.execPath, builtGuard(), ...words], { env: home.env, cwd: home.project });
  open.push(pty);
  await eventually(`the question in ${JSON.stringify(pty.output())}`, () => /passphrase/i.test(pty.output()));
  pty.write(`${PASSPHRASE}\r`);
  expect((await within('the end of the command', pty.ended)).code).toBe(0);
  expect((await guard.answer(1)).result).toMatchObject({ content: [{ text: 'did write' }] });

  // The identical call passes by the signed entry, and no longer once somebody has edited it.
  expect((await guard.call(2, 'write', { text: 'a' })).result).toMatchObject({
    content: [{ text: 'did write' }],
  });
  expect(callsOf(home)).toBe(2);
  const file = JSON.parse(fs.readFileSync(rememberedOf(home), 'utf8')) as RememberedFile;
  const edited = file.entries.map((entry) => ({ ...entry, input: { '$.text': { exists: true } } }));
  fs.writeFileSync(rememberedOf(home), JSON.stringify({ ...file, entries: edited }), { mode: 0o600 });
  guard.say({ id: 3, method: 'tools/call', params: { name: 'write', arguments: { text: 'a' } } });
  const again = await pendingOf(home);
  expect([again.id === request.id, callsOf(home)]).toEqual([false, 2]);
  await guard.told('not signed by an enrolled approver');
  expect((await guard.finish()).code).toBe(0);

  const records = home.records();
  const { fingerprint } = createApproverSet([key]);
  expect(records.find((record) => record.type === 'session')).toMatchObject({ approvers: fingerprint });
  const approvals = records.flatMap((record) =>
    record.type === 'decision' && isJsonObject(record.approval)
      ? [['state', 'approver', 'presence'].map((key) => member(record.approval as JsonObject, key))]
      : [],
  );
  expect(approvals).toContainEqual(['approved', 'alice', 'signature']);
  expect(approvals).toContainEqual(['remembered', 'alice', 'remembered']);
});

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createApproverKey } from '../../src/approvals/signing/approver-key.js';
import { approverKeyPath, writeApproverKey } from '../../src/approvals/signing/approver-key-file.js';
import { verifies } from '../requirements.js';
import { builtGuard } from '../support/built-guard.js';
import { eventually, within } from '../support/eventually.js';
import { type HeldCalls, holdCalls } from '../support/held-calls.js';
import { type Pty, startPty } from '../support/pty.js';
import { pressUntil, shows } from '../support/pty-screen.js';
import type { Sandbox } from '../support/sandbox.js';
import { useSandbox } from '../support/use-sandbox.js';
import { sampleRequest } from '../tui/sample-request.js';

verifies('approve:scripts', 'cli:exit-codes');

const sandbox = useSandbox();
const held: HeldCalls[] = [];
const open: Pty[] = [];
afterEach(() => {
  for (const pty of open.splice(0)) pty.close();
  for (const calls of held.splice(0)) calls.close();
});

const FIRST = 'apr_aaaaaaaaaaaaaaaa0001';
const SECOND = 'apr_aaaabbbbbbbbbbbb0002';

function holding(home: Sandbox): HeldCalls {
  const calls = holdCalls(home);
  held.push(calls);
  return calls;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function guard(home: Sandbox, ...words: string[]): Promise<Ended> {
  const spawned = home.spawn([process.execPath, builtGuard(), ...words]);
  spawned.child.stdin.end();
  const { code } = await within(`guard ${words.join(' ')}`, spawned.ended);
  const stdout = spawned.lines.map((line) => `${line.toString('utf8')}\n`).join('');
  return { code, stdout, stderr: spawned.stderr };
}

describe('the list', () => {
  test('without a terminal guard approve lists, with what there is to know', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    calls.hold(
      sampleRequest({ id: SECOND, destructive: true, approvers: 'f00', arguments: { x: '\u001b[2J\u202e' } }),
    );
    const { code, stdout } = await guard(home, 'approve');
    expect(code).toBe(0);
    expect(stdout).toContain(`${FIRST}  `);
    expect(stdout).toContain('filesystem  write_file  agent coder  rule project/ask-writes');
    expect(stdout).toContain('{"path":"/srv/site/a.txt","content":"hello"}');
    expect(stdout).toContain('DESTRUCTIVE  must be signed');
    expect(stdout).toContain(String.raw`\u001b[2J\u{202e}`);
    expect(stdout).not.toContain('\u001b');
  });

  test('--json prints the requests themselves, one per line', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest({ arguments: { x: '\u202e' } }));
    const { code, stdout } = await guard(home, 'approve', '--list', '--json');
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u202e');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([{ id: FIRST, tool: 'write_file', arguments: { x: '\u202e' }, v: 1 }]);
    expect(lines[0]?.['remaining_ms']).toBeGreaterThan(0);
  });

  test('nothing waits', async () => {
    const home = sandbox();
    expect(await guard(home, 'approve', '--list')).toEqual({
      code: 0,
      stdout: 'no call waits for an answer\n',
      stderr: '',
    });
    expect(await guard(home, 'approve', '--json')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a file that is no request is told of on stderr', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest());
    fs.writeFileSync(path.join(home.folder, 'state/guard/approvals/requests', `${SECOND}.json`), '{', {
      mode: 0o600,
    });
    const { code, stdout, stderr } = await guard(home, 'approve', '--list');
    expect(code).toBe(0);
    expect(stdout).toContain(FIRST);
    expect(stderr).toContain(SECOND);
  });
});

describe('answers', () => {
  test('guard approve ID approves', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    expect(await guard(home, 'approve', FIRST, '--as', 'ci', '--reason', 'checked')).toEqual({
      code: 0,
      stdout: `approved: ${FIRST} filesystem write_file\n`,
      stderr: '',
    });
    expect(calls.answers).toMatchObject([
      { decision: 'approved', approver: 'ci', presence: 'script', reason: 'checked', remember: null },
    ]);
  });

  test('guard deny ID --reason denies, with the beginning of an id and several at once', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    calls.hold(sampleRequest({ id: SECOND }));
    const { code, stdout } = await guard(home, 'deny', 'aaaaa', 'apr_aaaab', '--reason', 'not on a Friday');
    expect(code).toBe(0);
    expect(stdout).toBe(`denied: ${FIRST} filesystem write_file\ndenied: ${SECOND} filesystem write_file\n`);
    expect(calls.answers.map(({ id, decision, reason }) => [id, decision, reason])).toEqual([
      [FIRST, 'denied', 'not on a Friday'],
      [SECOND, 'denied', 'not on a Friday'],
    ]);
  });

  test('the beginning of several ids answers none of them', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    calls.hold(sampleRequest({ id: SECOND }));
    const { code, stdout, stderr } = await guard(home, 'approve', SECOND, 'apr_aaaa');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`the beginning of several ids: ${FIRST}, ${SECOND}`);
    expect(calls.answers).toEqual([]);
  });

  test('an unknown id, and one that is over, are findings that say what happened', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest());
    calls.end(FIRST, { state: 'denied', approver: 'bob', channel: 'client', reason: 'no' });
    const { code, stdout } = await guard(home, 'approve', FIRST, 'apr_zzz');
    expect(code).toBe(1);
    expect(stdout).toBe(
      `too late: ${FIRST} filesystem write_file is not pending any more: denied by bob through client: no\n` +
        'no call with the id apr_zzz waits for an answer: guard approve --list\n',
    );
  });

  test('an answer that is refused says why', async () => {
    const home = sandbox();
    holding(home).hold(sampleRequest(), () => ({ kind: 'refused', why: 'another digest' }));
    const { code, stdout } = await guard(home, 'approve', FIRST);
    expect(code).toBe(1);
    expect(stdout).toContain('not answered');
    expect(stdout).toContain('another digest');
  });

  test('a grave call wants its whole id; arguments that are not whole are only denied', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest({ destructive: true }));
    calls.hold(sampleRequest({ id: SECOND, arguments: null, arguments_complete: false }));
    const short = await guard(home, 'approve', FIRST.slice(0, -1), SECOND);
    expect(short.code).toBe(1);
    expect(short.stdout).toContain('it is destructive: give its whole id');
    expect(short.stdout).toContain('it can only be denied');
    expect(calls.answers).toEqual([]);
    expect((await guard(home, 'approve', FIRST)).code).toBe(0);
    expect((await guard(home, 'deny', SECOND)).code).toBe(0);
  });

  test('--remember: the narrowest rule, within what the rule allows', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest({ remember: 'project' }));
    calls.hold(sampleRequest({ id: SECOND, remember: 'session' }));
    const project = await guard(home, 'approve', FIRST, '--remember', 'project');
    expect(project).toMatchObject({
      code: 0,
      stdout: `approved: ${FIRST} filesystem write_file, remembered for the project\n`,
    });
    const file = path.join(home.folder, 'state/guard/remembered.json');
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({
      entries: [
        {
          scope: 'project',
          project: '/srv/site',
          tool: 'write_file',
          input: { '$.path': { eq: '/srv/site/a.txt' }, '$.content': { eq: 'hello' } },
          approval_id: FIRST,
          signature: null,
        },
      ],
    });
    const wider = await guard(home, 'approve', SECOND, '--remember', 'user');
    expect(wider.code).toBe(1);
    expect(wider.stdout).toContain('for the scope session at most');
    expect(calls.answers).toHaveLength(1);
  });

  test.each([
    ['no id to deny', ['deny'], /expected the id of a call/],
    ['ids and --list', ['approve', 'apr_a', '--list'], /either ids or --list/],
    [
      'an unknown scope',
      ['approve', 'apr_a', '--remember', 'galaxy'],
      /session, project or user, got "galaxy"/,
    ],
    [
      'a reason without end',
      ['deny', 'apr_a', '--reason', 'x'.repeat(501)],
      /at most 500 characters, got 501/,
    ],
    ['--remember without ids', ['approve', '--remember', 'user'], /go with the ids/],
  ])('%s is a usage error', async (_what, words, expected) => {
    const { code, stdout, stderr } = await guard(sandbox(), ...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
  });
});

describe('answers that must be signed', () => {
  verifies('tui:signature');
  const PASSPHRASE = 'correct horse battery staple';

  async function enrolled(home: Sandbox): Promise<void> {
    const file = approverKeyPath(path.join(home.folder, 'config/guard'), 'alice');
    writeApproverKey(file, await createApproverKey('alice', PASSPHRASE));
  }

  test('without a terminal nobody is asked for a passphrase, and nothing is answered', async () => {
    const home = sandbox();
    const calls = holding(home);
    calls.hold(sampleRequest({ approvers: 'f00' }));
    const missing = await guard(home, 'approve', FIRST, '--as', 'alice');
    expect(missing.code).toBe(1);
    expect(missing.stdout).toContain('the answer must be signed');
    await enrolled(home);
    const piped = await guard(home, 'approve', FIRST, '--as', 'alice');
    expect(piped.code).toBe(2);
    expect(piped.stderr).toContain('terminal');
    expect(calls.answers).toEqual([]);
  });

  test('on a terminal the passphrase is typed, unseen, and the answer is signed', async () => {
    const home = sandbox();
    await enrolled(home);
    const calls = holding(home);
    calls.hold(sampleRequest({ approvers: 'f00' }));
    const words = [process.execPath, builtGuard(), 'approve', FIRST, '--as', 'alice'];
    const pty = startPty(words, { cwd: home.project, env: home.env });
    open.push(pty);
    await eventually('the question', () => pty.output().includes('passphrase:'));
    pty.write(`${PASSPHRASE}\r`);
    expect(await within('the end', pty.ended)).toEqual({ code: 0, signal: null });
    expect(pty.output()).not.toContain(PASSPHRASE);
    expect(calls.answers).toMatchObject([{ approver: 'alice', presence: 'signature', decision: 'approved' }]);
    expect(calls.answers[0]?.signature).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });

  test('on the screen it is asked for once, and a remembered answer is signed too', async () => {
    const home = sandbox();
    await enrolled(home);
    const calls = holding(home);
    calls.hold(sampleRequest({ approvers: 'f00' }));
    const pty = startPty([process.execPath, builtGuard(), 'approve', '--as', 'alice'], {
      cwd: home.project,
      env: home.env,
    });
    open.push(pty);
    await shows(pty, 'filesystem write_file');
    await pressUntil(pty, ' ', (text) => text.includes('end of the arguments'));
    await pressUntil(pty, 'r', (text) => text.includes('until the session ends'));
    pty.write('o');
    await shows(pty, 'in /srv/site');
    pty.write('\r');
    await shows(pty, 'save: filesystem');
    pty.write('y');
    await shows(pty, 'passphrase: _');
    for (const character of PASSPHRASE.split('')) pty.write(character);
    await shows(pty, '*'.repeat(PASSPHRASE.length));
    pty.write('\r');
    await shows(pty, 'approved and remembered');
    expect(pty.output()).not.toContain(PASSPHRASE);
    expect(calls.answers).toMatchObject([
      { approver: 'alice', presence: 'signature', remember: { scope: 'project' } },
    ]);
    const saved = fs.readFileSync(path.join(home.folder, 'state/guard/remembered.json'), 'utf8');
    expect(JSON.parse(saved)).toMatchObject({
      entries: [{ approver: 'alice', signature: calls.answers[0] && expect.any(String) }],
    });
    pty.write('q');
    expect(await within('the end', pty.ended)).toEqual({ code: 0, signal: null });
  });
});

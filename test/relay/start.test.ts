import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtGuard, serverFile } from '../support/built-guard.js';
import { useSandbox } from '../support/use-sandbox.js';
import { verifies } from '../requirements.js';

verifies('relay:command:missing', 'relay:env:own-withheld', 'relay:probe:no-side-effect', 'cli:exit-codes');

const open = useSandbox();
const CONFIG = "version: '1'\n";

describe('starting', () => {
  test('a mere start leaves no trace: probes of clients are no sessions', async () => {
    const sandbox = open();
    const guard = sandbox.guard({ server: 'echo' });
    await guard.told('ready\n');
    expect(await guard.finish()).toEqual({ code: 0, signal: null });
    expect(fs.existsSync(path.join(sandbox.folder, 'state'))).toBe(false);
    expect(guard.lines).toEqual([]);
  });

  test('without a config file it observes, and says so once', async () => {
    const guard = open().guard({ server: 'echo' });
    expect(await guard.call(1, 'delete')).toHaveProperty('result.content');
    await guard.finish();
    expect(guard.stderr.match(/no config file found/g)).toHaveLength(1);
  });

  test.each([
    ['a command that is not there', ['no-such-command-anywhere'], 127, 'was not found'],
    ['a file that may not be executed', [serverFile('echo')], 126, 'may not be executed'],
    ['no command', [], 2, 'expected either a command'],
  ])('%s', async (_title, words, code, note) => {
    const guard = open().spawn([process.execPath, builtGuard(), '--server', 'x', '--', ...words]);
    expect(await guard.finish()).toEqual({ code, signal: null });
    expect(guard.stderr).toContain(note);
    expect(guard.lines).toEqual([]);
  });

  test('a start that is to let every call pass and none is refused', async () => {
    const words = [process.execPath, builtGuard(), '--observe', '--dry-run', '--', serverFile('echo')];
    const guard = open().spawn(words);
    expect(await guard.finish()).toEqual({ code: 2, signal: null });
    expect(guard.stderr).toContain('--observe lets every call pass, --dry-run none');
  });

  test('a broken config file stops the start; the server gets no byte and is ended', async () => {
    const sandbox = open("version: '1'\npolicies: { defualt: deny }\n");
    const guard = sandbox.guard({ server: ['echo', sandbox.received] });
    expect(await guard.finish()).toEqual({ code: 2, signal: null });
    expect(guard.stderr).toContain('defualt');
    expect(guard.lines).toEqual([]);
    expect(sandbox.receivedLines()).toEqual([]);
  });

  test("the server gets the environment without guard's variables and the secrets of its config", async () => {
    const sandbox = open(
      `${CONFIG}upstreams:\n  - { name: a, url: 'https://a.test/mcp', headers: { Authorization: 'Bearer \${MY_TOKEN}' } }\n`,
    );
    const env = { GUARD_AGENT: 'ada', MY_TOKEN: 'hunter2', OTHER: 'kept' };
    const words = [
      process.execPath,
      builtGuard(),
      '--server',
      'x',
      '--',
      process.execPath,
      '-e',
      'process.stderr.write(JSON.stringify(process.env))',
    ];
    const guard = sandbox.spawn(words, env);
    await guard.finish();
    const shown = guard.stderr;
    expect(shown).toContain('"OTHER":"kept"');
    expect(shown).not.toContain('GUARD_AGENT');
    expect(shown).not.toContain('hunter2');
  });

  test('the session record says who runs what, without the arguments of the command', async () => {
    const sandbox = open(CONFIG);
    const guard = sandbox.guard({
      server: ['echo', sandbox.received],
      options: ['--server', 'files', '--agent', 'ada', '--session', 's-1'],
    });
    await guard.ask(1, 'ping');
    await guard.finish();
    const [first] = sandbox.records();
    expect(first).toMatchObject({
      type: 'session',
      upstream: 'files',
      agent: 'ada',
      session: 's-1',
      mode: 'enforce',
      seq: 1,
    });
    expect(JSON.stringify(first)).not.toContain(sandbox.received);
    expect(fs.statSync(sandbox.audit).mode & 0o777).toBe(0o600);
  });
});

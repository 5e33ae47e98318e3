import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/table.js';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';
import { builtGuard } from '../support/built-guard.js';
import { Sandbox } from '../support/sandbox.js';
import { CONFIG, guard, logOf, makeStrangeLog, type Ran, TOOLS } from './strange-log.js';

verifies('audit:path:commands', 'audit:readers:strange');

const SECRET = 'correct-horse-battery-staple-0123456789';
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = new Sandbox(`${CONFIG}dashboard: { api_secret: ${SECRET} }\n`);
  await makeStrangeLog(sandbox);
}, 120_000);
afterAll(async () => sandbox.close());

/** The tools of whole calls of which a text tells; the calls that only filled the log are left out. */
function toolsIn(text: string): string[] {
  const names = [...TOOLS, 'compressed'].filter((tool) => new RegExp(`\\b${tool}\\b`).test(text));
  return names.toSorted();
}

const ALL = TOOLS.toSorted();
/** What the strange lines are called on stderr. */
const TOLD = [/the member "type" is not known/, /the line has 67108\d{3} bytes/];

/** How each command that reads the log is run, and in which of its outputs the calls stand. */
const READERS: Readonly<
  Record<string, { words: readonly string[]; seen?: (ran: Ran) => string[]; code?: number; told?: boolean }>
> = {
  'audit search': { words: ['audit', 'search', '--json'], told: true },
  'audit stats': { words: ['audit', 'stats', '--by', 'tool'], told: true },
  'audit export': { words: ['audit', 'export'], told: true },
  'audit verify': { words: ['audit', 'verify', '--json'], seen: filesVerified, code: 1 },
  'audit redact': { words: ['audit', 'redact', '--check', '--json'], seen: filesWithSecrets, code: 1 },
  'audit prune': { words: ['audit', 'prune', '--keep-size', '1KB', '--dry-run'], seen: filesPruned },
  tail: { words: ['tail', '--no-follow', '--json', '-n', '1000'], told: true },
  learn: { words: ['learn'], told: true },
  simulate: { words: ['simulate', '--json'], seen: callsSimulated, told: true },
};

/** Commands with `--audit` or of `guard audit` that read no calls, and why. */
const OTHERS: Readonly<Record<string, string>> = {
  '': 'writes to the log',
  serve: 'writes to the log',
  limits: 'writes to the log; commands/limits',
  evidence: 'writes to the log; below',
  dashboard: 'below',
  'audit key': 'reads no log',
};

test('the table holds every command that has to do with the log', async () => {
  const found: string[] = [];
  for (const command of COMMANDS) {
    const [name = ''] = command.usage.split(' ');
    if ('loadCommands' in command) {
      const { commands } = await command.loadCommands();
      found.push(...commands.map(({ usage }) => `${name} ${usage.split(' ')[0]}`));
    } else if (command.options.some(({ flags }) => flags.startsWith('--audit '))) {
      found.push(name.startsWith('[') || name.startsWith('<') || name.startsWith('-') ? '' : name);
    }
  }
  expect(found.toSorted()).toEqual(
    [...Object.keys(READERS), ...Object.keys(OTHERS)].filter((name) => found.includes(name)).toSorted(),
  );
});

test.each(Object.entries(READERS))(
  'guard %s reads all files of the log that the config names',
  async (_name, { words, seen = (ran) => toolsIn(ran.stdout), code = 0, told = false }) => {
    const ran = await guard(sandbox, words);
    expect({ code: ran.code, seen: seen(ran) }, ran.stderr).toEqual({ code, seen: ALL });
    if (told) for (const trouble of TOLD) expect(ran.stderr).toMatch(trouble);
    expect(ran.stdout + ran.stderr).not.toContain('x'.repeat(10_000));
  },
);

test.each(['csv', 'otlp'])(
  'an export as %s holds the same calls, and checkpoints in none',
  async (format) => {
    const { code, stdout } = await guard(sandbox, ['audit', 'export', '--format', format]);
    expect(code).toBe(0);
    expect(toolsIn(stdout)).toEqual(ALL);
    expect(stdout).not.toContain('checkpoint');
    expect(stdout).toContain('pruned');
  },
);

test('verify names what no guard wrote, takes the statement for the pruned file, and is quiet of the rest', async () => {
  const { stdout } = await guard(sandbox, ['audit', 'verify', '--json', '--anchor', anchorOf(sandbox)]);
  const result = JSON.parse(stdout) as {
    findings: { kind: string; message: string }[];
    torn: unknown[];
    writers: { status: string }[];
  };
  expect(result.findings).toMatchObject([{ kind: 'foreign' }, { kind: 'foreign' }]);
  expect(result.findings[1]?.message).toMatch(/a line of 671\d{5} bytes/);
  expect(result.torn).toHaveLength(2);
  const count = (status: string): number => result.writers.filter((one) => one.status === status).length;
  expect({ intact: count('intact'), unchained: count('unchained'), tampered: count('tampered') }).toEqual({
    intact: 5,
    unchained: 2,
    tampered: 0,
  });
});

test('guard dashboard shows the calls of all files', async () => {
  const dashboard = sandbox.spawn([process.execPath, builtGuard(), 'dashboard', '--port', '0']);
  const url = await eventually('its address', () => /http:\S+/.exec(dashboard.lines.join('\n'))?.[0]);
  const login = await fetch(`${url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-guard-request': '1' },
    body: JSON.stringify({ secret: SECRET, name: 'ana' }),
  });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const seen = new Set<string>();
  for (const tool of TOOLS) {
    const page = await fetch(`${url}/api/v1/audit?tool=${tool}`, { headers: { cookie } });
    for (const name of toolsIn(await page.text())) seen.add(name);
  }
  dashboard.child.kill('SIGTERM');
  await dashboard.ended;
  expect([...seen].toSorted()).toEqual(ALL);
  expect(fs.readFileSync(logOf(sandbox), 'utf8').slice(-4096)).toContain('"event":"dashboard-login"');
});

test('the heads of guards, of commands and of the dashboard are all in the anchor', async () => {
  await guard(sandbox, ['evidence', 'drop', 'tests', '--session', 's', '--audit', logOf(sandbox)]);
  const heads = fs.readFileSync(anchorOf(sandbox), 'utf8').trimEnd().split('\n');
  const folder = path.dirname(logOf(sandbox));
  const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'latin1'));
  const written = texts.flatMap((text) => text.match(/^\{"v":1,"type":"checkpoint".*\}$/gm) ?? []);
  expect(written.length).toBeGreaterThan(5);
  expect(written.filter((line) => !heads.includes(line))).toEqual([]);
});

const anchorOf = ({ folder }: Sandbox): string => path.join(folder, 'elsewhere', 'heads.jsonl');

/** Files, told by the tools of which calls stand in them. */
function toolsOfFiles(files: readonly string[]): string[] {
  const texts = files.map((file) => fs.readFileSync(path.join(path.dirname(logOf(sandbox)), file), 'latin1'));
  return [...new Set(texts.flatMap(toolsIn))].toSorted();
}

function filesVerified({ stdout }: Ran): string[] {
  const { files } = JSON.parse(stdout) as { files: string[] };
  return toolsOfFiles(files.map((file) => path.basename(file)));
}

function filesWithSecrets({ stdout }: Ran): string[] {
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; kind: string });
  return toolsOfFiles([
    ...new Set(found.filter(({ kind }) => kind === 'email').map(({ file }) => path.basename(file))),
  ]);
}

/** Prune removes only what guard rotated; the others are logrotate's or in use. */
function filesPruned({ stdout }: Ran): string[] {
  const files = [...stdout.matchAll(/would remove (\S+\.jsonl)/g)].map(([, file = '']) => file);
  expect(toolsOfFiles(files)).toEqual(['in-rotated']);
  return ALL;
}

/** How many calls there were, since a simulation names those only that change. */
function callsSimulated({ stdout }: Ran): string[] {
  const folder = path.dirname(logOf(sandbox));
  const files = fs.readdirSync(folder).filter((name) => !name.endsWith('.gz'));
  const texts = files.map((name) => fs.readFileSync(path.join(folder, name), 'latin1'));
  const decisions = texts.flatMap((text) => text.match(/^\{"v":1,"type":"decision".*\}$/gm) ?? []);
  expect((JSON.parse(stdout) as { calls: number }).calls).toBe(decisions.length);
  return ALL;
}

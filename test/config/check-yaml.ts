import { mkdtempSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { draftLayer } from '../../src/config/draft.js';
import { validateLayer } from '../../src/config/layers.js';
import type { LayerFile } from '../../src/config/layers.js';
import type { Environment, GuardPaths } from '../../src/platform/paths.js';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, with files; removed after the test. */
export function folderWith(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'guard-config-')));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text, { mode: 0o644 });
  }
  return folder;
}

/** Places of guard inside a folder, so that no test looks at the machine's own. */
export function pathsIn(folder: string): GuardPaths {
  return {
    systemConfigFile: path.join(folder, 'etc', 'guard.yaml'),
    userConfigDir: path.join(folder, 'user'),
    stateDir: path.join(folder, 'state'),
    auditFile: path.join(folder, 'state', 'audit.jsonl'),
  };
}

/** Reads a text as the user's file, or as the layer and file name that are given. */
export function readText(
  text: string | Buffer,
  {
    env = {},
    layer = 'user',
    name = 'guard.yaml',
  }: { env?: Environment; layer?: 'user' | 'project'; name?: string } = {},
): LayerFile {
  const file = path.join(folderWith({ [name]: text }), name);
  const location = { layer, path: file, trust: layer === 'user' ? 'owner-only' : 'anyone' } as const;
  return validateLayer(draftLayer(location), env, undefined);
}

/** The mistakes of a text as `line:column path: message (hint)`. */
export function mistakesOf(text: string | Buffer, options: Parameters<typeof readText>[1] = {}): string[] {
  return readText(text, options)
    .mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(
      ({ line, column, path: place, message, hint }) =>
        `${line}:${column} ${place}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
}

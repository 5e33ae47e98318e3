import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import type { LedgerFiles } from '../../src/limits/ledger-files.js';
import type { Ledger } from '../../src/limits/ledger.js';

export const NOW = Date.UTC(2026, 10, 22, 8);

/** A folder for one ledger, with a look behind it. */
export interface LedgerFolder {
  readonly folder: string;
  readonly notes: string[];
  open(files?: LedgerFiles): Ledger;
  names(): string[];
  file(number?: number): string;
  append(text: string, number?: number): void;
  text(number?: number): string;
}

/** Gives each test its folders and closes what it opened. */
export function useLedgerFolder(): () => LedgerFolder {
  const cleanUps: (() => void)[] = [];
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });
  return () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'guard-ledger-'));
    cleanUps.push(() => rmSync(parent, { recursive: true, force: true }));
    const folder = path.join(parent, 'state', 'ledger');
    const notes: string[] = [];
    const note = (text: string): void => void notes.push(text);
    const file = (number = 1): string => path.join(folder, `ledger-${number}.jsonl`);
    let ids = 0;
    const newId = (): string => `id-${(ids += 1)}`;
    return {
      folder,
      notes,
      file,
      open(files) {
        const ledger = createFileLedger({ folder, newId, note, ...(files === undefined ? {} : { files }) });
        cleanUps.unshift(() => ledger.close());
        return ledger;
      },
      names: () => readdirSync(folder).toSorted(),
      append: (text, number) => appendFileSync(file(number), text),
      text: (number) => readFileSync(file(number), 'utf8'),
    };
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { createFileLedger } from '../../src/limits/file-ledger.js';
import { createMemoryLedger } from '../../src/limits/memory-ledger.js';
import { randomId } from '../../src/platform/random-id.js';
import { describeLedger } from './ledger-contract.js';

const newId = (): string => randomId('r', 16);

describe('memory ledger', () => {
  describeLedger(() => ({ ledger: createMemoryLedger({ newId }), cleanUp: () => undefined }));
});

describe('file ledger', () => {
  describeLedger(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'guard-ledger-'));
    const another = () => createFileLedger({ folder: path.join(folder, 'limits'), newId });
    return {
      ledger: another(),
      another,
      cleanUp: () => rmSync(folder, { recursive: true, force: true }),
    };
  });
});

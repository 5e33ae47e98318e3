import { expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { FORMATS, fuzzClients } from './fuzz.js';

verifies('install:any-layout');

/** `npm run fuzz:clients` tries many more. */
const FILES = 150;

test.each(FORMATS)(
  '%s files of any layout: into them and out again, and broken ones refused',
  (format) => {
    const report = fuzzClients(format, FILES, 7);
    expect(report.findings).toEqual([]);
    expect([...report.refusedFiles]).toEqual([]);
    expect(report.wrapped).toBeGreaterThan(FILES);
    expect(report.broken.refused).toBeGreaterThan(FILES / 3);
  },
  120_000,
);

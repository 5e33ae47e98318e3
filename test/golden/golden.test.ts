import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { useSandbox } from '../support/use-sandbox.js';
import { play } from './stage.js';
import { parseTranscript } from './transcript.js';
import { verifies } from '../requirements.js';

verifies('relay:bytes:untouched', 'denial:result', 'denial:error', 'policy:hide-denied', 'policy:unlisted-tools', 'policy:drift', 'policy:observe', 'policy:dry-run', 'policy:all-methods', 'policy:unknown-methods', 'ambiguity:call-without-id', 'ambiguity:near-miss-methods', 'ambiguity:batch', 'audit:helmsman-fields', 'relay:id:type-kept', 'relay:cancel:passes');

const FOLDER = import.meta.dirname;
const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith('.txt'));
const open = useSandbox();

/** `UPDATE=1` writes what the program does now; the diff is what is reviewed. */
describe('golden transcripts through the built program', () => {
  test.each(files)('%s', async (file) => {
    const place = path.join(FOLDER, file);
    const expected = fs.readFileSync(place, 'utf8');
    const transcript = parseTranscript(expected);
    const got = await play(transcript, open(transcript.config));
    if (process.env['UPDATE'] === '1') fs.writeFileSync(place, got);
    else expect(got).toBe(expected);
  });

  test('there are transcripts', () => {
    expect(files.length).toBeGreaterThanOrEqual(20);
  });
});

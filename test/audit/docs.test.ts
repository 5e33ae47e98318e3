import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RECORD_FIELDS } from '../../src/audit/record-fields.js';
import { auditSearchCommand } from '../../src/commands/audit/search-options.js';
import { tailCommand } from '../../src/commands/tail-options.js';
import { encoderOf, decisionFields, outcomeFields, TS } from './lines.js';

const page = fs.readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'audit.md'), 'utf8');

/** The first cell of each row of the first table below a heading. */
function tableBelow(heading: string): string[] {
  const section = page.slice(page.indexOf(`\n${heading}\n`) + heading.length + 2).split(/\n#/)[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => name ?? '');
}

const BASE = tableBelow('### Every record');

describe('docs/audit.md', () => {
  test.each(Object.keys(RECORD_FIELDS) as (keyof typeof RECORD_FIELDS)[])(
    'holds every field of %s, in order',
    (type) => {
      expect([...BASE, ...tableBelow(`### \`${type}\``)]).toEqual([
        'v',
        'type',
        ...Object.keys(RECORD_FIELDS[type]),
      ]);
    },
  );

  test('and the encoder writes them in that order', () => {
    const encoder = encoderOf();
    const { session, decision, outcome, refusal, event, checkpoint } = RECORD_FIELDS;
    const lines: [string, object][] = [
      [
        encoder.session(TS, {
          guard_version: '',
          pid: 1,
          command: '',
          mode: 'enforce',
          approvers: null,
          config: [],
        }),
        session,
      ],
      [
        encoder.decision(
          TS,
          decisionFields('1', {
            uncertain: [],
            would: 'deny',
            http_request_id: 'h',
            traceparent: 't',
            arguments: 1,
          }),
        ),
        decision,
      ],
      [
        encoder.outcome(TS, outcomeFields('1', { error_code: 1, http_request_id: 'h', response: 1 })),
        outcome,
      ],
      [
        encoder.refusal(TS, {
          direction: 'client-to-server',
          reason: '',
          detail: '',
          size: 1,
          rpc_id: 1,
          method: '',
          http_request_id: 'h',
        }),
        refusal,
      ],
      [encoder.event(TS, { event: '', detail: 1 }), event],
      [encoder.checkpoint(TS, { count: 1, closing: false, key: '' }), checkpoint],
    ];
    for (const [line, fields] of lines) {
      expect(Object.keys(JSON.parse(line) as object)).toEqual(['v', 'type', ...Object.keys(fields)]);
    }
  });

  test('holds every option of guard tail', () => {
    expect(tableBelow('## guard tail')).toEqual(tailCommand.options.map(({ flags }) => flags));
  });

  test('holds every option of guard audit search', () => {
    expect(tableBelow('## guard audit search')).toEqual(auditSearchCommand.options.map(({ flags }) => flags));
  });
});

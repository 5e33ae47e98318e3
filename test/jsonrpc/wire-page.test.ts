import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/jsonrpc/error-codes.js';
import type { RefusalReason } from '../../src/jsonrpc/message.js';
import * as bounds from '../../src/platform/bounds.js';
import { refusalFrame } from '../../src/conversation/refuse.js';
import { GuardDoor } from '../fuzz/doors.js';

const PAGE = readFileSync(new URL('../../docs/wire.md', import.meta.url), 'utf8');

/** Every reason by name; the compiler holds this list and the type together, in both directions. */
const REASONS: Readonly<Record<RefusalReason, keyof typeof ERROR_CODES>> = {
  'not-utf8': 'parseError',
  'byte-order-mark': 'parseError',
  'control-byte': 'parseError',
  'not-json': 'parseError',
  'too-deep': 'invalidRequest',
  batch: 'invalidRequest',
  'not-object': 'invalidRequest',
  'duplicate-key': 'invalidRequest',
  'ambiguous-key': 'invalidRequest',
  'escaped-key': 'invalidRequest',
  'unknown-member': 'invalidRequest',
  'too-many-members': 'invalidRequest',
  'bad-version': 'invalidRequest',
  'bad-id': 'invalidRequest',
  'bad-method': 'invalidRequest',
  'bad-params': 'invalidParams',
  'mixed-kinds': 'invalidRequest',
  'no-kind': 'invalidRequest',
  'too-large': 'frameTooLarge',
  'unfinished-line': 'invalidRequest',
  'id-in-use': 'invalidRequest',
  'unsolicited-answer': 'invalidRequest',
  'call-without-id': 'invalidRequest',
  'too-many-pending': 'tooManyPending',
};

/** The rows of the table under a heading, as cells without their outer blanks. */
function tableUnder(heading: string): string[][] {
  const section = PAGE.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

function unquoted(cell: string | undefined): string {
  return cell?.replaceAll('`', '') ?? '';
}

describe('reasons of refusals', () => {
  const rows = tableUnder('From the client').map(([reason, , example, error]) => ({
    reason: unquoted(reason),
    example: example ?? '',
    error: unquoted(error),
  }));

  test('the page and the program know the same', () => {
    expect(rows.map(({ reason }) => reason).sort()).toEqual(Object.keys(REASONS).sort());
  });

  test.each(rows.map((row) => [row.reason, row] as const))(
    '%s has the error that the page names',
    (reason, row) => {
      const code = ERROR_CODES[REASONS[reason as RefusalReason]];
      const frame = refusalFrame({
        kind: 'refusal',
        reason: reason as RefusalReason,
        detail: 'd',
        id: 1,
        method: undefined,
      });
      expect(JSON.parse(frame?.toString('utf8') ?? '')).toEqual({
        jsonrpc: '2.0',
        id: 1,
        error: { code, message: 'guard refused the message: d', data: { blocked: true, reason } },
      });
      if (row.error !== 'no answer') expect(row.error).toBe(REASONS[reason as RefusalReason]);
    },
  );

  const examples = rows.filter(({ example }) => /^`[{["].*`$/.test(example));

  test('most reasons have an example that can be run', () => {
    expect(examples.length).toBeGreaterThan(14);
  });

  test.each(examples.map(({ reason, example }) => [reason, unquoted(example)]))('%s: %s', (reason, line) => {
    expect(new GuardDoor().send(Buffer.from(`${line}\n`)).refusals).toEqual([reason]);
  });

  test('a refusal that nobody waits for has no frame', () => {
    expect(
      refusalFrame({ kind: 'refusal', reason: 'batch', detail: '', id: undefined, method: undefined }),
    ).toBeNull();
  });
});

describe('error codes', () => {
  test('are these', () => {
    expect(ERROR_CODES).toEqual({
      parseError: -32700,
      invalidRequest: -32600,
      methodNotFound: -32601,
      invalidParams: -32602,
      internalError: -32603,
      denied: -31001,
      serverGone: -31002,
      garbledAnswer: -31003,
      answerTooLarge: -31004,
      answerTimeout: -31005,
      tooManyPending: -31006,
      frameTooLarge: -31007,
      remoteFailed: -31008,
    });
  });

  test('and the page has the same', () => {
    const rows = tableUnder('Error codes').map(([name, code]) => [unquoted(name), Number(code)]);
    expect(Object.fromEntries(rows)).toEqual(ERROR_CODES);
    expect(rows).toHaveLength(Object.keys(ERROR_CODES).length);
  });

  test("guard's own lie outside the range that MCP reserves", () => {
    const own = Object.values(ERROR_CODES).filter(
      (code) => ![-32700, -32600, -32601, -32602, -32603].includes(code),
    );
    expect(own.filter((code) => code >= -32768 && code <= -32000)).toEqual([]);
    expect(new Set(Object.values(ERROR_CODES)).size).toBe(Object.keys(ERROR_CODES).length);
  });
});

describe('bounds', () => {
  const known: Readonly<Record<string, unknown>> = bounds;

  test.each(tableUnder('Bounds').map(([what, value, name]) => [unquoted(name), value ?? '', what]))(
    '%s is %s',
    (name, value) => {
      expect(known[name]).toBe(Number(value.replaceAll(/[^\d]/g, '')));
    },
  );
});

import { describe, expect, test } from 'vitest';
import { endedMessage, isShownWhole, waitingMessage } from '../../../src/approvals/channels/slack-message.js';
import type { ApprovalRequest } from '../../../src/approvals/request.js';
import { SLACK_BLOCK_CHARS_MAX } from '../../../src/platform/bounds.js';
import { isJsonObject, type JsonValue } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';
import { approvalAnswer, approvalRequest, endBy } from '../../support/approval-requests.js';

verifies('approval:slack:message');

/** Every text of the message that Slack reads as mrkdwn, and the notification text. */
function marked(request: ApprovalRequest): string[] {
  const { text, blocks } = waitingMessage(request, true);
  return [text, ...blocks.flatMap(textsIn)];
}

function textsIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isJsonObject(value)) return [];
  if (value['type'] === 'mrkdwn') return typeof value['text'] === 'string' ? [value['text']] : ['no text'];
  return Object.values(value).flatMap(textsIn);
}

/** What of a text Slack would take for markup: everything outside code. */
const outsideCode = (text: string): string => text.replaceAll(/```[^`]*```/g, '').replaceAll(/`[^`]*`/g, '');

const HOSTILE = [
  '<!channel> <!here|x> <@U0ANA> <#C0> <https://evil.example|click>',
  '*Approved* _by_ ~root~ > quote',
  '``` fence ``` and `code`',
  'a\u202Eb\u0000c\u200Bd\n*Approve*',
  '&lt;!channel&gt; :tada:',
];

describe('text of strangers', () => {
  test.each(HOSTILE)('%j stands there letter by letter and is no markup', (text) => {
    const request = approvalRequest(1, {
      server: text,
      tool: text,
      target: text,
      agent: text,
      client: text,
      project: text,
      rules: [{ layer: 'user', name: text, message: text }],
      arguments: { [text]: [text] },
    });
    const texts = marked(request);
    expect(texts.length).toBeGreaterThan(4);
    for (const one of texts) {
      expect(one).not.toMatch(/<[!@#h]/);
      // oxlint-disable-next-line no-control-regex -- what must not be there
      expect(one).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e\u200b]/);
      expect(outsideCode(one)).not.toMatch(/`|Approved|fence|tada|evil|click/);
    }
  });

  test('an entity is never taken for the character that it stands for', () => {
    const [, ...texts] = marked(approvalRequest(1, { arguments: { a: '&lt;' } }));
    expect(texts.join('\n')).toContain('&amp;lt;');
  });
});

const sizes = (request: ApprovalRequest): number[] => marked(request).map((text) => text.length);

const actions = (request: ApprovalRequest): string =>
  JSON.stringify(waitingMessage(request, true).blocks.at(-1));

describe('the arguments', () => {
  test('are shown whole over several blocks, each within the bound of Slack', () => {
    const request = approvalRequest(1, { arguments: { text: `${'&'.repeat(3000)}the end` } });
    expect(isShownWhole(request)).toBe(true);
    expect(Math.max(...sizes(request))).toBeLessThanOrEqual(SLACK_BLOCK_CHARS_MAX);
    expect(marked(request).join('')).toContain('the end');
    expect(actions(request)).toContain('guard_approve');
  });

  test.each<[string, Partial<ApprovalRequest>]>([
    ['arguments that do not fit', { arguments: { text: 'x'.repeat(60_000) } }],
    ['arguments that nobody can be shown', { arguments: null, arguments_complete: false }],
    ['the name of a tool that does not fit', { tool: 'x'.repeat(400) }],
  ])('%s are cut with a visible mark, and the call can only be denied', (_, more) => {
    const request = approvalRequest(1, more);
    expect(isShownWhole(request)).toBe(false);
    expect(marked(request).join('\n')).toMatch(/cut here|too large|…\(\+/);
    expect(marked(request).join('\n')).toContain('can only be denied');
    expect(actions(request)).not.toContain('guard_approve');
    expect(actions(request)).toContain('guard_deny');
    expect(Math.max(...sizes(request))).toBeLessThanOrEqual(3000);
  });

  test('the worst of names and rules stays within the bounds of Slack', () => {
    const worst = '&'.repeat(300);
    const rules = Array.from({ length: 9 }, () => ({ layer: 'user', name: worst, message: worst }));
    const undelivered = Array.from({ length: 9 }, (_, at) => ({
      channel: `${at}${worst}`,
      why: worst,
      at: '',
    }));
    const request = approvalRequest(1, {
      server: worst,
      tool: worst,
      target: worst,
      agent: worst,
      client: worst,
      project: worst,
      rules,
      undelivered,
    });
    expect(Math.max(...sizes(request))).toBeLessThanOrEqual(3000);
    expect(waitingMessage(request, true).blocks.length).toBeLessThanOrEqual(50);
  });
});

const confirm = (more: Partial<ApprovalRequest>): boolean =>
  JSON.stringify(waitingMessage(approvalRequest(1, more), true).blocks).includes('"confirm"');

test('a grave call asks once more', () => {
  expect([confirm({}), confirm({ destructive: true }), confirm({ standing: 'drifted' })]).toEqual([
    false,
    true,
    true,
  ]);
});

test('the end names who answered where, and shows no stranger as a member of the workspace', () => {
  const request = approvalRequest(1);
  const text = (approver: string): string =>
    JSON.stringify(
      endedMessage(request, endBy(approvalAnswer(request, 'denied', { approver, reason: '<!here>' }))).blocks,
    );
  expect(text('U0ANA')).toContain('Denied by <@U0ANA> (`terminal`)');
  expect(text('<@U0ANA>')).toContain('Denied by `&lt;@U0ANA&gt;`');
  expect(text('ana')).toContain('Reason: `&lt;!here&gt;`');
});

import fs from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { HOSTILE } from '../../tui/hostile-strings.js';
import { printable } from '../../../src/platform/printable.js';
import { TABS } from '../../../src/dashboard/page/tab-names.js';
import { describeInBrowser, openTab } from './browser.js';
import { dayServed } from './day-served.js';
import type { Names } from './sample-day.js';

verifies('page:hostile');

/** Everything that would run, load, restyle or leave its place if it were taken for markup. */
const MARKUP: readonly string[] = [
  '<img src=x onerror="globalThis.owned=1">',
  '<script>globalThis.owned=1</script>',
  '"><svg onload=globalThis.owned=1>',
  '</title><style>*{display:none}</style>',
  'javascript:globalThis.owned=1',
  '<a href="https://evil.example" style="position:fixed;inset:0">approved</a>',
  '{{constructor.constructor("globalThis.owned=1")()}}',
  '__proto__',
  '\u202egnp.exe',
  'a\u200bb\u2066c\u00ad',
  'p\u0430ypal',
  `${' '.repeat(200)}far away`,
  'x'.repeat(3000),
];

/** What must not stand anywhere as it is. */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- these characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/u;

function names(text: string): Names {
  return { server: text, agent: text, tools: [text, `${text}2`, '\u202e', `${text}4`], rule: text };
}

/** What would be different if any of the texts had been more than text. */
async function checkText(page: Page, troubles: readonly string[]): Promise<void> {
  expect(await page.evaluate('globalThis.owned')).toBeUndefined();
  const tree = await page.evaluate<string[]>(`
    [...document.querySelectorAll('script:not([src^="/assets/"]), style, iframe, object, embed, img, #page a[href]:not([href^="/api/v1/"]), [onerror], [onload], [srcdoc]')].map((one) => one.outerHTML)
  `);
  expect(tree).toEqual([]);
  const text = await page.evaluate<string>(`
    const parts = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) parts.push(walk.currentNode.data);
    for (const one of document.querySelectorAll('[title], [aria-label], option')) parts.push(one.title, one.getAttribute('aria-label') ?? '', one.label ?? '');
    parts.join('\\n');
  `);
  expect(HIDDEN.exec(text)?.[0]).toBeUndefined();
  expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
  // The page's own frame is where it was.
  expect(await page.getByRole('tab').count()).toBe(TABS.length);
  expect(troubles).toEqual([]);
}

describeInBrowser('hostile texts in Chromium', () => {
  describe('as names of servers, tools, agents and rules', () => {
    test.each(MARKUP.map((text) => [printable(text.trim(), 40), text]))('%s', async (_name, text) => {
      const { served } = await dayServed(names(text), 30);
      served.hold({
        server: text,
        tool: text,
        agent: text,
        client: text,
        target: text,
        rules: [{ layer: 'user', name: text, message: text }],
        arguments: { [text]: text, list: [text, { deep: text }] },
      });
      const { page, troubles } = await openTab(served, 'feed');
      for (const tab of TABS) {
        await page.locator(`#tab-${tab}`).click();
        await page.getByRole('heading', { level: 1, name: new RegExp(tab, 'i') }).waitFor();
        const row = page.getByRole('listbox').getByRole('option').first();
        if (tab === 'feed' || tab === 'audit') {
          await row.click();
          await page.getByRole('heading', { name: 'Why' }).waitFor();
        }
        if (tab === 'approvals') await page.locator('.end-mark').waitFor();
        if (tab === 'analytics') await page.getByText('30 calls').waitFor();
        if (tab === 'servers') await page.getByRole('table').waitFor();
        if (tab === 'limits') await page.getByRole('meter').first().waitFor();
        await checkText(page, troubles);
      }
    });
  });

  test('terminal sequences and hidden characters in the arguments and reasons of one call', async () => {
    const { served } = await dayServed();
    const texts = HOSTILE.map(([, text]) => text);
    served.hold({ arguments: Object.fromEntries(texts.map((text, index) => [`${text}${index}`, texts])) });
    const { page, troubles } = await openTab(served, 'approvals');
    await page.locator('.end-mark').waitFor();
    await checkText(page, troubles);
    const shown = await page.getByRole('group', { name: 'The arguments' }).innerText();
    expect(shown.split(String.raw`\u{202e}`).length).toBeGreaterThan(texts.length);
  });

  test('a log that somebody else wrote into', async () => {
    const { served } = await dayServed(names(MARKUP[0] ?? ''), 5);
    const [first = ''] = fs.readFileSync(served.auditFile, 'utf8').split('\n');
    const record = JSON.parse(first) as Record<string, unknown>;
    const forged = {
      ...record,
      request_id: '<b>\u202e',
      decision: '<img src=x onerror=owned=1>',
      reason: '\u202e<script>',
    };
    fs.appendFileSync(
      served.auditFile,
      `${JSON.stringify(forged)}\n{"v":1,"type":"<script>"}\nno json \u202e\n`,
    );
    const { page, troubles } = await openTab(served, 'audit');
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await checkText(page, troubles);
  });

  test('an answer with markup in its reason', async () => {
    const { served } = await dayServed();
    const { ticket } = served.hold({});
    const { page, troubles } = await openTab(served, 'approvals');
    await page.locator('.end-mark').waitFor();
    ticket.close({
      state: 'denied',
      approver: '<i>ben</i>',
      channel: 'terminal',
      reason: '\u202e<img src=x onerror=owned=1>',
      waited_ms: 5,
      ended_at: new Date().toISOString(),
    });
    await page.getByText(/This call is over: denied by <i>ben<\/i>/).waitFor();
    await checkText(page, troubles);
  });
});

import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { TABS } from '../../../src/dashboard/page/tab-names.js';
import { verifies } from '../../requirements.js';
import { describeInBrowser, openStranger, openTab, SIZES } from './browser.js';
import { dayServed } from './day-served.js';

verifies('page:accessible');

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds, of whatever gravity, as lines. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${impact} ${id}: ${html.slice(0, 120)}: ${failureSummary}`),
  );
}

describeInBrowser('the page for everybody', () => {
  describe.each(['light', 'dark'] as const)('%s', (scheme) => {
    test.each(TABS)('axe finds nothing on the tab %s', async (tab) => {
      const { served } = await dayServed();
      served.hold({ arguments: { note: 'a\u202eb', text: 'one\ntwo' } });
      served.hold({ destructive: true }, 2);
      const { page } = await openTab(served, tab, { scheme });
      await page.getByRole('tabpanel').getByRole('heading', { level: 1 }).waitFor();
      if (tab === 'feed' || tab === 'audit') {
        await page.getByRole('listbox').getByRole('option').first().click();
        await page.getByRole('heading', { name: 'Why' }).waitFor();
      }
      if (tab === 'approvals') await page.getByText('end of the arguments').waitFor();
      if (tab === 'analytics') await page.getByText('240 calls').waitFor();
      if (tab === 'servers') await page.getByRole('table').waitFor();
      if (tab === 'limits') await page.getByRole('button', { name: 'Reset …' }).first().click();
      expect(await findings(page)).toEqual([]);
    });

    test('nor on the login, the help and the forms of an answer', async () => {
      const { served } = await dayServed();
      const { page: stranger } = await openStranger(served, '', { scheme });
      await stranger.getByLabel('Secret').waitFor();
      expect(await findings(stranger)).toEqual([]);
      served.hold({ definition: 'sha256:d' });
      const { page } = await openTab(served, 'approvals', { scheme });
      for (const [key, what] of [
        ['d', /Why not/],
        ['b', /What the emergency is/],
      ] as const) {
        await expect
          .poll(() => page.getByRole('button', { name: 'Deny …' }).getAttribute('aria-disabled'))
          .toBe('false');
        await page.keyboard.press(key);
        await page.getByLabel(what).waitFor();
        expect(await findings(page)).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press('r');
      await page.getByRole('button', { name: 'Save this rule and approve' }).waitFor();
      expect(await findings(page)).toEqual([]);
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      expect(await findings(page)).toEqual([]);
    });
  });

  test('the theme is chosen, kept, and stronger than the system’s', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'feed');
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await ground()).toBe('rgb(20, 23, 27)');
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await ground()).toBe('rgb(20, 23, 27)');
  });

  test('everything is reached with the Tab key, and the focus is seen', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'audit');
    await page.getByRole('listbox').waitFor();
    const seen = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate<string>(`
        const one = document.activeElement;
        const style = getComputedStyle(one);
        one === document.body ? '' : one.tagName + ' ' + (one.getAttribute('aria-label') ?? one.textContent.slice(0, 12)) + ' ' + style.outlineStyle;
      `);
      if (focus === '') break;
      seen.add(focus);
    }
    const all = [...seen];
    expect(all.filter((one) => !one.endsWith('solid'))).toEqual([]);
    expect(all.some((one) => one.includes('Records, the newest first'))).toBe(true);
    expect(all.some((one) => one.startsWith('A CSV'))).toBe(true);
  });

  test('nothing on a phone is cut off or too small to press', async () => {
    const { served } = await dayServed();
    served.hold({});
    const { page } = await openTab(served, 'feed', { size: SIZES[0] });
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      await page.getByRole('heading', { level: 1, name: new RegExp(tab, 'i') }).waitFor();
      const bad = await page.evaluate<string[]>(`
        [...document.querySelectorAll('button, input, select')].filter((one) => {
          // What is left out of a phone's page has no boxes.
          if (one.getClientRects().length === 0) return false;
          const { left, right, height } = one.getBoundingClientRect();
          const isSmall = height < 24 && one.type !== 'radio';
          return left < 0 || right > innerWidth || isSmall;
        }).map((one) => one.outerHTML)
      `);
      expect(bad).toEqual([]);
    }
  });
});

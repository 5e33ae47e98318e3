import fs from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Stats } from '../../../src/dashboard/contract/audit.js';
import { verifies } from '../../requirements.js';
import { eventually } from '../../support/eventually.js';
import { SECRET, serving } from '../serving.js';
import { describeInBrowser, openStranger, openTab, SIZES } from './browser.js';
import { builtPage, dayServed } from './day-served.js';
import { dayLines, PLAIN, recordsOf } from './sample-day.js';

verifies('page:tabs');

const HEADINGS = ['Feed', 'Approvals', 'Audit', 'Limits', 'Analytics', 'Servers'];

function panel(page: Page): Locator {
  return page.getByRole('tabpanel');
}

/** Whether the middle of an element is on the screen and nothing lies over it. */
function isInView(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(`(() => {
    const element = document.querySelector(${JSON.stringify(selector)});
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  })()`);
}

/** The rows of the list of records. */
function rowsOf(page: Page): Locator {
  return page.getByRole('listbox', { name: /Records/ }).getByRole('option');
}

describeInBrowser('the page in Chromium', () => {
  test('an open record leaves the names of the others in view, and comes into view itself', async () => {
    const { served } = await dayServed();
    for (const size of SIZES) {
      const { page, troubles } = await openTab(served, 'audit', { size });
      await rowsOf(page).nth(3).click();
      const why = page.getByRole('heading', { name: 'Why' });
      await why.waitFor();
      await expect.poll(() => isInView(page, '.detail .close')).toBe(true);
      const subject = await rowsOf(page).nth(1).locator('.subject').boundingBox();
      expect(subject?.width ?? 0).toBeGreaterThan(80);
      expect(troubles).toEqual([]);
      await page.context().close();
    }
  });

  test('what is older than today says of which day it is', async () => {
    const { served } = await dayServed(PLAIN, 0);
    const lines = dayLines(PLAIN, 2, Date.now() - 3 * 86_400_000, 1000);
    fs.writeFileSync(served.auditFile, lines.map((line) => `${line}\n`).join(''));
    const { page } = await openTab(served, 'audit');
    await rowsOf(page).first().waitFor();
    expect(await rowsOf(page).first().locator('time').textContent()).toMatch(
      /^\d\d [A-Z][a-z]{2,3}, \d\d:\d\d$/,
    );
  });

  describe('logging in', () => {
    test('with the secret, after a wrong one', async () => {
      const { served } = await dayServed();
      const { page, troubles } = await openStranger(served);
      await page.getByLabel('Secret').fill('not the secret at all, and long enough');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Secret').fill(SECRET);
      await page.getByLabel(/Your name/).fill('ana');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Feed' }).waitFor();
      expect(await page.getByRole('button', { name: /Log out/ }).textContent()).toBe('Log out ana');
      expect(await page.evaluate('document.cookie + JSON.stringify(sessionStorage)')).toBe('{}');
      await page.getByRole('button', { name: /Log out/ }).click();
      await page.getByText('You are logged out').waitFor();
      expect(troubles).toEqual([]);
    });

    test('with a link, whose code leaves the address and works once', async () => {
      const { served } = await dayServed();
      const code = served.dashboard.newCode();
      const first = await openStranger(served, code);
      await first.page.getByRole('heading', { name: 'Feed' }).waitFor();
      expect(first.page.url()).not.toContain('code');
      const second = await openStranger(served, code);
      await second.page.getByLabel('Secret').waitFor();
      expect(second.page.url()).not.toContain('code');
    });

    test('a session that ends shows the login again, and why', async () => {
      const { served } = await dayServed();
      const { page } = await openTab(served, 'servers');
      await page.getByRole('heading', { name: 'Servers' }).waitFor();
      served.dashboard.useSecret('another secret of the dashboard, 9876543210');
      await page.getByLabel('Secret').waitFor();
      await page.getByRole('status').waitFor();
    });
  });

  test.each(SIZES)('every tab at $width pixels, by keyboard', async (size) => {
    const { served } = await dayServed();
    served.hold({});
    const { page, troubles } = await openTab(served, 'feed', { size });
    await rowsOf(page).first().waitFor();
    for (const [index, heading] of HEADINGS.entries()) {
      await page.keyboard.press(String(index + 1));
      await panel(page).getByRole('heading', { name: heading, level: 1 }).waitFor();
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect(`${heading}: ${String(isWide)}`).toBe(`${heading}: false`);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(troubles).toEqual([]);
  });

  test('the feed shows what happens, pauses, filters and explains', async () => {
    const { served } = await dayServed(PLAIN, 20);
    const { page } = await openTab(served, 'feed');
    const rows = rowsOf(page);
    await rows.first().waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const fresh = recordsOf(dayLines({ ...PLAIN, tools: ['brand_new'] }, 1, Date.now(), 1));
    await page.getByRole('button', { name: 'Pause' }).click();
    served.tell(fresh);
    await page.getByRole('button', { name: 'Show 1 new' }).click();
    await rows.first().getByText('brand_new').waitFor();
    await page.getByLabel('Filter by a part of a name').fill('brand');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByLabel('Filter by a part of a name').fill('read_file');
    await expect.poll(() => rows.count()).toBe(4);
    await rows.first().click();
    await page.getByRole('heading', { name: 'Why' }).waitFor();
  });

  test('the log is searched, explained and exported', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'audit');
    await page.getByText('100 records found so far').waitFor();
    await page.getByRole('button', { name: 'Find older ones' }).click();
    await page.getByText('200 records found so far').waitFor();
    await page.getByLabel('decision').selectOption('deny');
    await page.getByLabel('tool', { exact: true }).fill('read_*');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText(/^5 records found/).waitFor();
    await panel(page).getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    const detail = page.getByRole('region', { name: 'The chosen record' });
    await detail.getByText('no-secrets').first().waitFor();
    await detail.getByText('request_id', { exact: true }).first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(await download.failure()).toBeNull();
  });

  test('a pot is emptied with a reason', async () => {
    const { served, resets } = await dayServed();
    const { page } = await openTab(served, 'limits');
    await page.getByText('120 of 500 EUR in 1 d').waitFor();
    await page.getByRole('button', { name: 'Reset …' }).last().click();
    const send = page.getByRole('button', { name: 'Empty this pot' });
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel(/Why it is emptied/).fill('counted twice');
    await send.click();
    await eventually('the reset', () => resets.includes('money-1: counted twice'));
  });

  test('numbers over time, and servers with the rule of each tool', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'analytics');
    await page.getByText('240 calls').waitFor();
    await page.getByText('As a table').first().click();
    await page.getByRole('cell').first().waitFor();
    await page.getByRole('tab', { name: 'servers' }).click();
    await page
      .getByRole('row', { name: /write_file/ })
      .getByText('user/ask-writes')
      .waitFor();
    await page.getByText('broken', { exact: true }).waitFor();
  });

  test('numbers of a part of the log say so and become whole by themselves', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'feed');
    let isWhole = false;
    await page.route('**/api/v1/stats?*', async (route) => {
      if (isWhole) return route.continue();
      const response = await route.fetch();
      const stats = (await response.json()) as Stats;
      const counting = { done_bytes: 41, bytes: 100 };
      await route.fulfill({ response, json: { ...stats, complete: false, counting } satisfies Stats });
    });
    await page.getByRole('tab', { name: 'analytics' }).click();
    await page.getByText('Counting … 41 % of the log so far').waitFor();
    await page.getByText('240 calls').waitFor();
    isWhole = true;
    await page.getByText('Counting …').waitFor({ state: 'detached' });
    await page.getByText('240 calls').waitFor();
  });

  test('nothing there says what to do', async () => {
    const served = await serving({ assets: builtPage() });
    const { page } = await openTab(served, 'feed');
    await page.getByText(/Nothing was recorded yet/).waitFor();
    for (const [tab, words] of [
      ['approvals', /No call waits/],
      ['limits', /No rule limits anything/],
      ['analytics', /No call was recorded/],
      ['servers', /guard knows of no server/],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(words).waitFor();
    }
  });

  test('a guard that goes away is told of', async () => {
    const { served } = await dayServed();
    const { page } = await openTab(served, 'feed');
    await page.getByText('live', { exact: true }).waitFor();
    await served.dashboard.close();
    await page.getByText('The connection to guard is lost').waitFor();
    await expect.poll(() => page.title()).toBe('guard – no connection');
    await page.keyboard.press('4');
    await page.getByText('the dashboard does not answer').waitFor();
  });
});

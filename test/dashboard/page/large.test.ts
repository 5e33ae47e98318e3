import { expect, test } from 'vitest';
import { DASHBOARD_FEED_ENTRIES_MAX, PAGE_FEED_ENTRIES_MAX } from '../../../src/platform/bounds.js';
import { verifies } from '../../requirements.js';
import { describeInBrowser, openTab } from './browser.js';
import { dayServed } from './day-served.js';
import { dayLines, PLAIN, recordsOf } from './sample-day.js';

verifies('page:large');

const CALLS = PAGE_FEED_ENTRIES_MAX + 400;
/** Events of the size that the server sends, more often than it does, so that the test waits for the page alone. */
const FLUSH_MS = 10;

describeInBrowser('a long feed', () => {
  test('10,000 records stand in few rows, and the keyboard reaches the oldest', async () => {
    const { served } = await dayServed(PLAIN, 0, { feedFlushMs: FLUSH_MS });
    const { page, troubles } = await openTab(served, 'feed');
    await page.getByText('live', { exact: true }).waitFor();
    const lines = dayLines(PLAIN, CALLS, Date.now(), 10);
    const records = recordsOf(lines);
    const rows = page.getByRole('listbox').getByRole('option');
    const size = (): Promise<number> =>
      page.evaluate(
        `Number(document.querySelector('[role=option][aria-setsize]')?.getAttribute('aria-setsize') ?? 0)`,
      );
    // A full event at a time.
    for (let done = 0; done < records.length; done += DASHBOARD_FEED_ENTRIES_MAX) {
      served.tell(records.slice(done, done + DASHBOARD_FEED_ENTRIES_MAX));
      await expect
        .poll(size, { timeout: 20_000, interval: FLUSH_MS })
        .toBe(Math.min(PAGE_FEED_ENTRIES_MAX, (done + DASHBOARD_FEED_ENTRIES_MAX) / 2));
    }
    expect(await rows.count()).toBeLessThan(80);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(1500);
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('End');
    await page.locator('[role=option][aria-selected=true]').waitFor();
    expect(await page.locator('[role=option][aria-selected=true]').getAttribute('aria-posinset')).toBe(
      String(PAGE_FEED_ENTRIES_MAX),
    );
    expect(await rows.count()).toBeLessThan(80);
    expect(troubles).toEqual([]);
  }, 120_000);
});

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { ROOT } from '../../support/built-guard.js';
import { describeInBrowser, openTab, type OpenOptions, SIZES } from './browser.js';
import { dayServed } from './day-served.js';

verifies('page:pictures');

const FOLDER = path.join(ROOT, 'docs', 'pictures');
const BYTES_MOST = 150 * 1000;
const DESK = { width: 1200, height: 660 };

/** Each picture of the docs: its tab, and how the page stands. */
const PICTURES: Readonly<Record<string, readonly [tab: string, options: OpenOptions]>> = {
  'dashboard-feed': ['feed', { size: DESK }],
  'dashboard-approvals': ['approvals', { size: { width: 1200, height: 860 } }],
  'dashboard-audit-dark': ['audit', { size: { width: 1080, height: 600 }, scheme: 'dark' }],
  'dashboard-analytics': ['analytics', { size: DESK }],
  'dashboard-phone': ['approvals', { size: SIZES[0], scheme: 'dark' }],
};

const WAITS = {
  server: 'files',
  tool: 'write_file',
  agent: 'writer-bot',
  definition: 'sha256:d',
  rules: [{ layer: 'user', name: 'ask-writes', message: 'Writes outside the drafts folder are looked at.' }],
  arguments: {
    path: '/srv/site/notes\u202etxt.sh',
    content: '# Release notes\nSee https://example.com@203.0.113.7/notes\n',
  },
  arg_size: 112,
};

describe.skipIf(process.env['TEST_PICTURES'] === 'draw')('the pictures of the docs', () => {
  test('are there, small, and all are shown', () => {
    const files = fs.readdirSync(FOLDER).filter((name) => name.startsWith('dashboard-'));
    expect(files.toSorted()).toEqual(
      Object.keys(PICTURES)
        .map((name) => `${name}.png`)
        .toSorted(),
    );
    const docs = ['dashboard.md', 'approvals.md']
      .map((name) => fs.readFileSync(path.join(ROOT, 'docs', name), 'utf8'))
      .join('');
    for (const file of files) {
      const bytes = fs.readFileSync(path.join(FOLDER, file));
      expect([file, bytes.subarray(1, 4).toString(), bytes.length < BYTES_MOST]).toEqual([file, 'PNG', true]);
      expect(docs).toContain(`(pictures/${file})`);
    }
  });
});

// `npm run pictures` draws them anew.
describeInBrowser('drawing', () => {
  test.runIf(process.env['TEST_PICTURES'] === 'draw').each(Object.entries(PICTURES))(
    '%s',
    async (name, [tab, options]) => {
      const { served } = await dayServed();
      served.hold(WAITS);
      served.hold({ server: 'billing', tool: 'refund', destructive: true }, 2);
      const { page } = await openTab(served, tab, options);
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByText('2', { exact: true }).first().waitFor();
      if (tab === 'feed' || tab === 'audit')
        await page.getByRole('listbox').getByRole('option').nth(3).waitFor();
      if (tab === 'audit') {
        await page.getByRole('listbox').getByRole('option').nth(3).click();
        await page.getByRole('heading', { name: 'Why' }).waitFor();
      }
      if (tab === 'analytics') await page.getByText('240 calls').waitFor();
      if (tab === 'approvals') {
        const approve = page.getByRole('button', { name: 'Approve this call' });
        if (options.size === SIZES[0]) await approve.scrollIntoViewIfNeeded();
        await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false');
      }
      fs.mkdirSync(FOLDER, { recursive: true });
      await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: 'disabled' });
    },
  );
});

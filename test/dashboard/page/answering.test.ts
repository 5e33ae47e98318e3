import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { eventually } from '../../support/eventually.js';
import type { Served } from '../serving.js';
import { describeInBrowser, openTab, SIZES } from './browser.js';
import { dayServed } from './day-served.js';

verifies('page:tabs');

const LONG = Object.fromEntries(
  Array.from({ length: 200 }, (_none, index) => [`field_${index}`, `value ${index}`]),
);

function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name });
}

async function approvals(
  size = SIZES[2] as { width: number; height: number },
): Promise<{ served: Served; page: Page }> {
  const { served } = await dayServed();
  const { page } = await openTab(served, 'approvals', { size });
  await page.getByText(/No call waits/).waitFor();
  return { served, page };
}

/** Whether a press counts now. */
async function isOpen(of: Locator): Promise<void> {
  await expect.poll(() => of.getAttribute('aria-disabled')).toBe('false');
}

describeInBrowser('answers in Chromium', () => {
  test('a call that comes is shown whole, counted in the title, and approved by a key', async () => {
    const { served, page } = await approvals();
    const { answers, request } = served.hold({ arguments: { note: 'a\u202eb' } });
    await page.getByText('\\u{202e}', { exact: true }).waitFor();
    await expect.poll(() => page.title()).toBe('(1) guard');
    await isOpen(button(page, 'Approve this call'));
    await page.keyboard.press('a');
    await eventually('the answer', () => answers.length > 0);
    expect(answers[0]).toMatchObject({
      id: request.id,
      digest: request.digest,
      decision: 'approved',
      approver: 'ana',
      presence: 'dashboard',
    });
    await page.getByText('This call is over: approved by ana').waitFor();
    await expect.poll(() => page.title()).toBe('guard');
  });

  test('keys that were meant for something else answer nothing', async () => {
    const { served, page } = await approvals();
    // Held down while the call comes: repeated presses never count.
    await page.keyboard.down('a');
    const { answers } = served.hold({});
    await isOpen(button(page, 'Approve this call'));
    for (let index = 0; index < 20; index += 1) await page.keyboard.down('a');
    await page.keyboard.up('a');
    // Written into a field it is text.
    await page.keyboard.press('d');
    await page.getByLabel(/Why not/).pressSequentially('a bad day');
    // With a modifier it is the browser's.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    expect(answers).toEqual([]);
  });

  test('a press in the moment after another call came into view does not count', async () => {
    const { served, page } = await approvals();
    // Presses in every frame of the first 250 ms, whatever the button says of itself.
    await page.evaluate(`
      let since = 0;
      globalThis.presses = 0;
      const press = () => {
        const found = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Approve this call');
        if (found && since === 0) since = performance.now();
        if (since !== 0 && performance.now() - since >= 250) return;
        if (found) {
          globalThis.presses += 1;
          found.click();
          document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
        }
        requestAnimationFrame(press);
      };
      press();
    `);
    const { answers } = served.hold({});
    await isOpen(button(page, 'Approve this call'));
    expect(await page.evaluate('globalThis.presses')).toBeGreaterThan(0);
    expect(answers).toEqual([]);
    await page.keyboard.press('a');
    await eventually('the answer that was meant', () => answers.length === 1);
  });

  test('a call that ends under the finger does not make room for the next one', async () => {
    const { served, page } = await approvals();
    const first = served.hold({ tool: 'first' }, 1);
    const second = served.hold({ tool: 'second' }, 2);
    await page.getByRole('option').nth(1).waitFor();
    await isOpen(button(page, 'Approve this call'));
    first.ticket.close({
      state: 'withdrawn',
      approver: null,
      channel: null,
      reason: null,
      waited_ms: 1,
      ended_at: new Date().toISOString(),
    } as never);
    await page.getByText('This call is over').waitFor();
    await page.keyboard.press('a');
    await button(page, 'Look at the next call').click();
    await page.getByRole('heading', { name: 'second' }).waitFor();
    expect([first.answers, second.answers]).toEqual([[], []]);
  });

  test('long arguments are read to their end first', async () => {
    const { served, page } = await approvals();
    const { answers } = served.hold({ arguments: LONG });
    await page.getByText('read the arguments to their end first').waitFor();
    await page.keyboard.press('a');
    await page.getByText('end of the arguments').scrollIntoViewIfNeeded();
    await isOpen(button(page, 'Approve this call'));
    expect(answers).toEqual([]);
    await button(page, 'Approve this call').click();
    await eventually('the answer', () => answers.length === 1);
  });

  test('denied with a reason, on a phone', async () => {
    const { served, page } = await approvals(SIZES[0]);
    const { answers } = served.hold({});
    await button(page, 'Deny …').click();
    await page.getByLabel(/Why not/).fill('not on a <b>Friday</b>');
    await page.keyboard.press('Enter');
    await eventually('the answer', () => answers.length === 1);
    expect(answers[0]).toMatchObject({ decision: 'denied', reason: 'not on a <b>Friday</b>' });
    await page.getByText(/This call is over: denied by ana .* not on a <b>Friday<\/b>/).waitFor();
  });

  test('a grave call wants the end of its id', async () => {
    const { served, page } = await approvals();
    const { answers } = served.hold({ destructive: true });
    await page.keyboard.press('a');
    await page.getByText('type the last four characters').waitFor();
    await page.getByLabel(/last four characters of the id/).fill('0001');
    await isOpen(button(page, 'Approve this call'));
    expect(answers).toEqual([]);
    await page.keyboard.press('Enter');
    await eventually('the answer', () => answers.length === 1);
  });

  test('remembered only after the rule was shown', async () => {
    const { served, page } = await approvals();
    const { answers } = served.hold({
      definition: 'sha256:d',
      remember: 'project',
      arguments: { path: '/srv/site/a.txt' },
    });
    await isOpen(button(page, 'Approve this call'));
    await page.keyboard.press('r');
    const rule = page.getByRole('group', { name: /let such calls pass/ });
    await rule.getByText('"/srv/site/a.txt"').first().waitFor();
    await rule.getByRole('button', { name: 'Widen' }).click();
    await rule
      .getByText(/within folder/)
      .first()
      .waitFor();
    await button(page, 'Save this rule and approve').click();
    await eventually('the answer', () => answers.length === 1);
    expect(answers[0]?.remember).not.toBeNull();
  });

  test('break-glass wants a reason that says something', async () => {
    const { served, page } = await approvals();
    const { answers } = served.hold({});
    await isOpen(button(page, 'Approve this call'));
    await page.keyboard.press('b');
    const send = button(page, 'Approve as an emergency');
    await page.getByLabel(/What the emergency is/).fill('because');
    expect(await send.isDisabled()).toBe(true);
    await page.getByLabel(/What the emergency is/).fill('the site is down, ticket 4711');
    await send.click();
    await eventually('the answer', () => answers.length === 1);
    expect(served.recorded.at(-1)?.detail).toMatchObject({ break_glass: true });
  });

  test('somebody else was first: it says who', async () => {
    const { served, page } = await approvals();
    const { ticket, answers } = served.hold({});
    await isOpen(button(page, 'Approve this call'));
    ticket.close({
      state: 'denied',
      approver: 'ben',
      channel: 'terminal',
      reason: 'mine',
      waited_ms: 5,
      ended_at: new Date().toISOString(),
    });
    await page.getByText(/This call is over: denied by ben/).waitFor();
    expect(answers).toEqual([]);
  });
});

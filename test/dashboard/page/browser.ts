import fs from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { login, SECRET, type Served } from '../serving.js';

/** Debian's chromium; no browser is downloaded. */
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => fs.existsSync(file));

/** The narrow phone, the tablet and the desk at which the page has to be readable. */
export const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
] as const;

/** A page of the browser with everything on it that went wrong. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, refusals of the content policy, and requests that went anywhere else. */
  readonly troubles: string[];
}

export interface OpenOptions {
  readonly size?: { readonly width: number; readonly height: number };
  readonly scheme?: 'light' | 'dark';
}

let browser: Browser | undefined;

/** Tests in a real browser: they fail where it is required and missing, and are skipped elsewhere. */
export function describeInBrowser(title: string, body: () => void): void {
  test.runIf(process.env['TEST_CHROMIUM'] === 'required')('chromium is installed', () => {
    expect(CHROMIUM).toBeDefined();
  });
  describe.skipIf(CHROMIUM === undefined)(`${title} (skipped where chromium is not installed)`, () => {
    beforeAll(async () => {
      browser = await launch();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
    });
    body();
  });
}

/** Starts the browser without any service of its own. */
function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    // Where the tests run as root, as in a container, Chromium's sandbox cannot be built.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
    timeout: 120_000,
  });
}

/** Opens the dashboard as somebody who is not logged in. */
export function openStranger(served: Served, hash = '', options: OpenOptions = {}): Promise<OpenedPage> {
  return openAddress(served.base, hash, options);
}

/** The same for a dashboard that runs elsewhere. */
export async function openAddress(
  base: string,
  hash: string,
  options: OpenOptions = {},
): Promise<OpenedPage> {
  if (browser === undefined) throw new Error('the browser was not started');
  return openIn(browser, base, hash, options);
}

/** Opens a tab of the dashboard as somebody who is logged in. */
export async function openTab(served: Served, tab: string, options: OpenOptions = {}): Promise<OpenedPage> {
  if (browser === undefined) throw new Error('the browser was not started');
  return openIn(browser, served.base, `#/${tab}`, options, (await login(served.base, SECRET)).cookie);
}

/** Opens a page in a context of its own. */
async function openIn(
  browser: Browser,
  base: string,
  hash: string,
  { size = SIZES[2], scheme = 'light' }: OpenOptions,
  cookie?: string,
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(20_000);
  if (cookie !== undefined) await addCookie(context, base, cookie);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      troubles.push(`console: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== base && protocol !== 'data:') troubles.push(`request to ${request.url()}`);
  });
  await page.goto(`${base}/${hash}`);
  return { page, troubles };
}

async function addCookie(context: BrowserContext, base: string, cookie: string): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  const { hostname } = new URL(base);
  await context.addCookies([
    { name, value, domain: hostname, path: '/api/v1', httpOnly: true, sameSite: 'Strict' },
  ]);
}

import { expect, test } from 'vitest';
import { verifies } from '../../requirements.js';
import { serverFile } from '../../support/built-guard.js';
import { within } from '../../support/eventually.js';
import { freePort, startGateway } from '../../support/gateway-process.js';
import { McpClient } from '../../support/mcp-client.js';
import { useSandbox } from '../../support/use-sandbox.js';
import { SECRET } from '../serving.js';
import { describeInBrowser, openAddress } from './browser.js';

verifies('page:tabs');

const sandbox = useSandbox();
const RULE = { name: 'ask', match: {}, action: 'require_approval' };

/** The answer of a tool call, as text. */
async function call(base: string, text: string): Promise<string> {
  const client = new McpClient(`${base}/mcp/echo`, 'legacy');
  await client.open();
  const { answer } = await client.call(1, 'echo', { text });
  await client.end();
  return JSON.stringify(answer);
}

describeInBrowser('a call that guard serve holds', () => {
  test('is approved in the browser and reaches the server; the next one is denied there', async () => {
    const home = sandbox();
    const port = await freePort();
    const upstream = { name: 'echo', command: process.execPath, args: [serverFile('echo')] };
    const gateway = await startGateway(home, [upstream], {
      dashboard: { enabled: true, port, api_secret: SECRET },
      policies: { default: 'allow', unlisted_tools: 'allow', rules: [RULE] },
    });
    const { page, troubles } = await openAddress(`http://127.0.0.1:${port}`, '#/approvals');
    await page.getByLabel('Secret').fill(SECRET);
    await page.getByLabel(/Your name/).fill('ana');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText(/No call waits/).waitFor();

    const approved = call(gateway.base, 'hello from the agent');
    await page.getByText('hello from the agent').first().waitFor();
    const grave = page.getByLabel(/last four characters of the id/);
    const id = (await page.getByText(/^apr_[a-z0-9]{20}$/).textContent()) ?? '';
    if (await grave.isVisible()) await grave.fill(id.slice(-4));
    const approve = page.getByRole('button', { name: 'Approve this call' });
    await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false');
    await approve.click();
    expect(await within('the answer', approved)).toContain('did echo');
    await page.getByText(/This call is over: approved by ana/).waitFor();

    const denied = call(gateway.base, 'another one');
    await page.getByRole('button', { name: 'Look at the next call' }).click();
    await page.getByText('another one').first().waitFor();
    await page.getByRole('button', { name: 'Deny …' }).click();
    await page.getByLabel(/Why not/).fill('not today');
    await page.keyboard.press('Enter');
    expect(await within('the denial', denied)).toContain('not today');

    await page.getByRole('tab', { name: 'servers' }).click();
    await page.getByRole('heading', { name: /echo/ }).waitFor();
    await page.getByRole('tab', { name: 'audit' }).click();
    await page.getByRole('listbox').getByRole('option').first().click();
    await page.getByRole('heading', { name: 'Why' }).waitFor();
    expect(troubles).toEqual([]);
    await gateway.close();
    await page.getByText('The connection to guard is lost').waitFor();
  }, 120_000);
});

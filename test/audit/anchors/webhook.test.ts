import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { AnchorRefusedError } from '../../../src/audit/anchors/anchor-queue.js';
import { webhookAnchor } from '../../../src/audit/anchors/webhook.js';
import { type PostBox, startPostBox } from '../../support/post-box.js';
import { verifies } from '../../requirements.js';

verifies('audit:anchor:remote');

const LINE = '{"v":1,"type":"checkpoint","agent":"Zoë"}';
const SECRET = ['seventeen', 'characters'].join('-');
const never = (): AbortSignal => new AbortController().signal;
const nowMs = (): number => 1_770_000_000_999;

async function postBox(): Promise<PostBox> {
  const box = await startPostBox();
  onTestFinished(() => box.close());
  return box;
}

test('the line is the body, signed with the time, and the headers are those of the config', async () => {
  const box = await postBox();
  const headers = { authorization: 'Bearer of-tests', 'content-type': 'text/plain' };
  await webhookAnchor({ url: `${box.url}/heads?of=me`, secret: SECRET, headers }, nowMs).deliver(
    LINE,
    never(),
  );
  expect(box.bodies).toEqual([LINE]);
  const digest = createHmac('sha256', SECRET).update(`1770000000.${LINE}`).digest('hex');
  expect(box.headers[0]).toMatchObject({
    authorization: 'Bearer of-tests',
    'content-type': 'application/json',
    'x-guard-timestamp': '1770000000',
    'x-guard-signature': `v1=${digest}`,
  });
});

test('without a secret nothing is signed, and the name shows no more than the host', async () => {
  const box = await postBox();
  const anchor = webhookAnchor({ url: `${box.url}/services/T0/hidden?key=hidden` }, nowMs);
  await anchor.deliver(LINE, never());
  expect(box.headers[0]).not.toHaveProperty('x-guard-signature');
  expect(anchor.name).toBe(`webhook ${box.url}`);
});

test('a redirect is not followed', async () => {
  const [box, other] = [await postBox(), await postBox()];
  box.answers(307, { location: other.url });
  const delivery = webhookAnchor({ url: box.url }, nowMs).deliver(LINE, never());
  await expect(delivery).rejects.toThrow('answered HTTP 307');
  await expect(delivery).rejects.toBeInstanceOf(AnchorRefusedError);
  expect(other.bodies).toEqual([]);
});

test.each([
  [500, false],
  [503, false],
  [429, false],
  [400, true],
  [401, true],
])('HTTP %i: will never be taken: %s', async (status, isRefused) => {
  const box = await postBox();
  box.answers(status);
  const trouble = await webhookAnchor({ url: box.url }, nowMs)
    .deliver(LINE, never())
    .catch((error: unknown) => error);
  expect(trouble).toMatchObject({ message: `answered HTTP ${status}` });
  expect(trouble instanceof AnchorRefusedError).toBe(isRefused);
});

test('one that does not answer ends with the signal', async () => {
  const box = await postBox();
  box.answers(0);
  const stop = new AbortController();
  const delivery = webhookAnchor({ url: box.url }, nowMs).deliver(LINE, stop.signal);
  stop.abort(new Error('over'));
  await expect(delivery).rejects.toThrow('over');
});

test('one that is not there is told of by its trouble, and may be tried again', async () => {
  const box = await postBox();
  await box.close();
  const trouble = await webhookAnchor({ url: box.url }, nowMs)
    .deliver(LINE, never())
    .catch((error: unknown) => error);
  expect(trouble).toMatchObject({ message: 'it cannot be reached (ECONNREFUSED)' });
  expect(trouble).not.toBeInstanceOf(AnchorRefusedError);
});

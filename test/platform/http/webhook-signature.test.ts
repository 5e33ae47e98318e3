import { expect, test } from 'vitest';
import { signatureHeaders } from '../../../src/platform/http/webhook-signature.js';
import { verifies } from '../../requirements.js';

verifies('approval:webhook:signed');

test('the signature is the HMAC-SHA256 of the time, a dot and the bytes of the body', () => {
  // printf '1770000000.{"a":"Zoë"}' | openssl dgst -sha256 -hmac kkkkkkkkkkkkkkkk
  expect(signatureHeaders('k'.repeat(16), 1_770_000_000, '{"a":"Zoë"}')).toEqual({
    'x-guard-timestamp': '1770000000',
    'x-guard-signature': 'v1=53dcbf668bb0cc385d3734dbdadc0674b269925f264f8adae3af41f89b3d58b5',
  });
});

import { createHmac } from 'node:crypto';

/**
 * The headers that prove a post's origin: a receiver computes the HMAC-SHA256 of `timestamp.body`
 * with the shared secret, compares in constant time, and refuses timestamps that are not near its own.
 * The timestamp is in whole seconds since 1970.
 */
export function signatureHeaders(
  secret: string,
  timestampS: number,
  body: string,
): Readonly<Record<string, string>> {
  const digest = createHmac('sha256', secret).update(`${timestampS}.${body}`).digest('hex');
  return { 'x-guard-timestamp': String(timestampS), 'x-guard-signature': `v1=${digest}` };
}

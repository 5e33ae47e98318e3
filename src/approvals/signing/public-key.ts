import { createPublicKey, type KeyObject } from 'node:crypto';

/** What stands before the 32 bytes of the key in the DER form of an Ed25519 public key. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/**
 * Points of small order, without the sign bit: with one of these as the key, signatures can be made
 * up without any private key. A placeholder of zeros is among them.
 */
const WEAK_KEYS: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** An Ed25519 public key of an approver. */
export interface PublicKey {
  /** The raw 32 bytes as base64: the one spelling that is compared and fingerprinted. */
  readonly base64: string;
  readonly key: KeyObject;
}

/**
 * Reads a public key from the base64 of its 32 bytes or of its DER form. Throws an Error with a
 * readable message where it is none.
 */
export function parsePublicKey(text: string): PublicKey {
  const bytes = bytesOfBase64(text);
  if (bytes === undefined) throw new Error('expected an Ed25519 public key in base64');
  const raw = rawKey(bytes);
  if (raw === undefined) {
    throw new Error(`expected the ${KEY_BYTES} bytes of an Ed25519 public key, got ${bytes.length} bytes`);
  }
  const unsigned = Buffer.from(raw);
  unsigned[KEY_BYTES - 1] = (unsigned[KEY_BYTES - 1] ?? 0) & 0x7f;
  if (WEAK_KEYS.has(unsigned.toString('hex'))) {
    throw new Error('this public key is a weak one, for which anybody can make signatures');
  }
  const der = Buffer.concat([SPKI_HEAD, raw]);
  return {
    base64: raw.toString('base64'),
    key: createPublicKey({ key: der, format: 'der', type: 'spki' }),
  };
}

/** The bytes of a base64 text in its one canonical spelling; undefined for any other text. */
export function bytesOfBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}

function rawKey(bytes: Buffer): Buffer | undefined {
  if (bytes.length === KEY_BYTES) return bytes;
  const isDer = bytes.length === SPKI_HEAD.length + KEY_BYTES && bytes.indexOf(SPKI_HEAD) === 0;
  return isDer ? bytes.subarray(SPKI_HEAD.length) : undefined;
}

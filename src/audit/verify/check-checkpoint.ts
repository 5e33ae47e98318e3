import { type KeyObject, verify } from 'node:crypto';

/** The keys that checkpoints are believed of, by fingerprint. */
export type KnownKeys = ReadonlyMap<string, KeyObject>;

/** What a checkpoint's signature is worth. */
export type SignatureCheck = 'signed' | 'no-keys' | 'unknown-key' | 'wrong';

const START = '{"v":1,"type":"checkpoint",';
const END = /,"key":"(sha256:[0-9a-f]{64})","signature":"([0-9a-f]{128})"\}$/;
const END_CHARS = ',"key":"sha256:","signature":""}'.length + 64 + 128;
const SIGNATURE_CHARS = ',"signature":""}'.length + 128;

/** Checks the signature over the bytes of a checkpoint's line. */
export function checkCheckpoint(bytes: Buffer, keys: KnownKeys): SignatureCheck {
  const [, fingerprint = '', signature = ''] =
    END.exec(bytes.toString('latin1', bytes.length - END_CHARS)) ?? [];
  if (signature === '') return 'wrong';
  if (keys.size === 0) return 'no-keys';
  const key = keys.get(fingerprint);
  if (key === undefined) return 'unknown-key';
  const signed = bytes.subarray(0, bytes.length - SIGNATURE_CHARS);
  return verify(null, signed, key, Buffer.from(signature, 'hex')) ? 'signed' : 'wrong';
}

/** Whether a record is a checkpoint; a line that only holds such text somewhere is none. */
export function isCheckpoint(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, START.length) === START;
}

/** Whether the checkpoint says that its writer ended with it. */
export function isClosing(bytes: Buffer): boolean {
  return bytes.includes(',"closing":true,"key":"sha256:', bytes.length - END_CHARS - 20);
}

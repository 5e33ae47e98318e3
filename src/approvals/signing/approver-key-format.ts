import * as z from 'zod/mini';
import { SCRYPT_BLOCK_MAX, SCRYPT_COST_MAX, SCRYPT_PARALLELISM_MAX } from '../../platform/bounds.js';
import { checkedJson } from '../../platform/checked-json.js';
import { bytesOfBase64 } from './public-key.js';

/** The first member of a key file: says what it is. */
export const APPROVER_KEY_FORMAT = 'guard approver key';

/** An approver's key as its file holds it: the private part is encrypted. */
export interface ApproverKey {
  readonly format: typeof APPROVER_KEY_FORMAT;
  readonly version: 1;
  readonly name: string;
  /** Base64 of the raw 32 bytes. */
  readonly public_key: string;
  /** How the passphrase becomes the key that encrypts. */
  readonly kdf: {
    readonly name: 'scrypt';
    readonly n: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
  };
  readonly cipher: { readonly name: 'aes-256-gcm'; readonly iv: string };
  readonly encrypted: { readonly text: string; readonly tag: string };
}

const schema = z.strictObject({
  format: z.literal(APPROVER_KEY_FORMAT),
  version: z.literal(1),
  name: z.string().check(z.refine(isApproverName)),
  public_key: base64(32, 32),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z.int().check(z.minimum(2), z.maximum(SCRYPT_COST_MAX), z.refine(isPowerOfTwo)),
    r: z.int().check(z.minimum(1), z.maximum(SCRYPT_BLOCK_MAX)),
    p: z.int().check(z.minimum(1), z.maximum(SCRYPT_PARALLELISM_MAX)),
    salt: base64(16, 64),
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), iv: base64(12, 12) }),
  encrypted: z.strictObject({ text: base64(1, 1024), tag: base64(16, 16) }),
});

/** Reads the text of a key file; in words where and why it is none. */
export function parseApproverKey(text: string): ApproverKey | { readonly trouble: string } {
  const read = checkedJson(text, schema, 'the key file of an approver');
  return 'trouble' in read ? read : read.value;
}

function base64(bytesLeast: number, bytesMost: number): z.ZodMiniString<string> {
  return z.string().check(
    z.refine((text) => {
      const bytes = bytesOfBase64(text)?.length ?? -1;
      return bytes >= bytesLeast && bytes <= bytesMost;
    }),
  );
}

/** Whether the name can be that of a key, and of its file. */
export function isApproverName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

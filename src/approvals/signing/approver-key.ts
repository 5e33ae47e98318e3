import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scrypt,
  type ScryptOptions,
  sign,
} from 'node:crypto';
import {
  PASSPHRASE_CHARS_LEAST,
  PASSPHRASE_CHARS_MAX,
  SCRYPT_BLOCK_MAX,
  SCRYPT_COST,
} from '../../platform/bounds.js';
import { canonicalJson } from '../../platform/canonical-json.js';
import { GuardError } from '../../platform/errors.js';
import type { JsonObject } from '../../platform/json.js';
import { APPROVER_KEY_FORMAT, type ApproverKey } from './approver-key-format.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const IV_BYTES = 12;
const RAW_KEY_BYTES = 32;

/** Signs a text with the approver's key; base64. */
export type Sign = (text: string) => string;

/** Throws GuardError `usage` for a passphrase that is too short or too long for a new key. */
export function checkPassphrase(passphrase: string): void {
  const characters = Array.from(passphrase).length;
  if (characters >= PASSPHRASE_CHARS_LEAST && characters <= PASSPHRASE_CHARS_MAX) return;
  const range = `${PASSPHRASE_CHARS_LEAST} to ${PASSPHRASE_CHARS_MAX}`;
  throw new GuardError('usage', `expected a passphrase of ${range} characters, got ${characters}`);
}

/** Makes a new key for an approver, encrypted under the passphrase. Throws as `checkPassphrase`. */
export async function createApproverKey(name: string, passphrase: string): Promise<ApproverKey> {
  checkPassphrase(passphrase);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const open: Omit<ApproverKey, 'encrypted'> = {
    format: APPROVER_KEY_FORMAT,
    version: 1,
    name,
    public_key: rawBase64(publicKey),
    kdf: {
      name: 'scrypt',
      n: SCRYPT_COST,
      r: SCRYPT_BLOCK_MAX,
      p: 1,
      salt: randomBytes(SALT_BYTES).toString('base64'),
    },
    cipher: { name: CIPHER, iv: randomBytes(IV_BYTES).toString('base64') },
  };
  const cipher = createCipheriv(
    CIPHER,
    await derivedKey(open, passphrase),
    Buffer.from(open.cipher.iv, 'base64'),
  );
  cipher.setAAD(boundText(open));
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  secret.fill(0);
  return {
    ...open,
    encrypted: { text: text.toString('base64'), tag: cipher.getAuthTag().toString('base64') },
  };
}

/**
 * Opens an approver's key; what comes back signs. Throws GuardError `passphrase-wrong`, also where
 * the file was changed, which cannot be told apart.
 */
export async function unlockApproverKey(key: ApproverKey, passphrase: string): Promise<Sign> {
  const { encrypted, ...open } = key;
  const derived = await derivedKey(open, passphrase);
  let privateKey: KeyObject;
  try {
    const decipher = createDecipheriv(CIPHER, derived, Buffer.from(open.cipher.iv, 'base64'));
    decipher.setAAD(boundText(open));
    decipher.setAuthTag(Buffer.from(encrypted.tag, 'base64'));
    const secret = Buffer.concat([decipher.update(Buffer.from(encrypted.text, 'base64')), decipher.final()]);
    privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
    secret.fill(0);
  } catch (error) {
    throw wrongPassphrase(key.name, error);
  }
  if (rawBase64(createPublicKey(privateKey)) !== key.public_key) throw wrongPassphrase(key.name);
  return (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

/** The key that encrypts, from the passphrase; the same characters typed on two systems are one passphrase. */
function derivedKey({ kdf }: Omit<ApproverKey, 'encrypted'>, passphrase: string): Promise<Buffer> {
  const { n: cost, r: blockSize, p: parallelization } = kdf;
  // The default of maxmem is too small for this cost; what a file may ask for was bounded when it was read.
  const maxmem = 256 * cost * blockSize;
  const options: ScryptOptions = { cost, blockSize, parallelization, maxmem };
  return new Promise((resolve, reject) => {
    const salt = Buffer.from(kdf.salt, 'base64');
    scrypt(passphrase.normalize('NFC'), salt, KEY_BYTES, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}

/** What is authenticated with the secret, so that name and public key cannot be exchanged. */
function boundText(open: Omit<ApproverKey, 'encrypted'>): Buffer {
  return Buffer.from(canonicalJson(open as unknown as JsonObject), 'utf8');
}

function rawBase64(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES).toString('base64');
}

function wrongPassphrase(name: string, cause?: unknown): GuardError {
  return new GuardError('passphrase-wrong', `the passphrase does not open the key of ${name}`, {
    hint: 'try again; where it is the right one, the key file was changed: restore it, or enroll anew',
    ...(cause === undefined ? {} : { cause }),
  });
}

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from 'node:crypto';
import path from 'node:path';
import { AUDIT_KEY_BYTES_MAX } from '../platform/bounds.js';
import { GuardError, messageOf, systemErrorCode } from '../platform/errors.js';
import { makeFolder } from '../platform/make-folder.js';
import { readOwnFile } from '../platform/own-file.js';
import { createWhole } from '../platform/whole-file.js';
import type { Digest } from './digest.js';

/** The public half of a key that signs checkpoints. */
export interface PublicKey {
  readonly fingerprint: Digest;
  readonly publicKey: KeyObject;
}

/** A key that signs checkpoints. */
export interface SigningKey extends PublicKey {
  /** The public half as PEM (SubjectPublicKeyInfo, RFC 8410). */
  readonly publicPem: string;
  /** The Ed25519 signature (RFC 8032) of a text as UTF-8; lowercase hex. */
  sign(text: string): string;
}

/**
 * Reads the key of a file, and makes it where there is none: Ed25519, PKCS #8 as PEM, mode 0600. Of
 * several processes that make it at once all use the one that came first. Throws GuardError
 * `audit-key-unusable` for a file that others may read, for what is no such key and where none can
 * be written.
 */
export function openSigningKey(file: string): SigningKey {
  const there = readKey(file);
  if (there !== undefined) return there;
  try {
    makeFolder(path.dirname(file));
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    createWhole(file, pem, { mode: 0o600, durable: true, withoutLinks: 'in-place' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST')
      throw unusable(`cannot make ${file}: ${messageOf(error)}`, error);
  }
  const made = readKey(file);
  if (made === undefined) throw unusable(`${file} is gone as soon as it is made`);
  return made;
}

/** SHA-256 of the public half's DER (SubjectPublicKeyInfo): what `openssl pkey -pubout -outform DER | sha256sum` says. */
export function fingerprintOf(key: KeyObject): Digest {
  return `sha256:${hash('sha256', key.export({ format: 'der', type: 'spki' }), 'hex')}`;
}

/** Reads a public key as PEM, as `guard audit key` prints it. Throws GuardError `audit-key-unusable`. */
export function readPublicKey(file: string): PublicKey {
  const read = readOwnFile(file, AUDIT_KEY_BYTES_MAX, 'others-may-read');
  if (read.kind === 'absent') throw unusable(`there is no file ${file}`);
  if (read.kind === 'trouble') throw unusable(`${file} ${read.why}`);
  if (!read.text.includes('BEGIN PUBLIC KEY')) throw unusable(`${file} holds no public key as PEM`);
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey(read.text);
  } catch (error) {
    throw unusable(`${file} holds no public key as PEM`, error);
  }
  if (publicKey.asymmetricKeyType !== 'ed25519') {
    throw unusable(`${file} holds a key of type ${publicKey.asymmetricKeyType}, expected ed25519`);
  }
  return { fingerprint: fingerprintOf(publicKey), publicKey };
}

function readKey(file: string): SigningKey | undefined {
  const read = readOwnFile(file, AUDIT_KEY_BYTES_MAX, 'owner-only');
  if (read.kind === 'absent') return undefined;
  if (read.kind === 'trouble') throw unusable(`${file} ${read.why}`);
  const privateKey = parse(read.text, file);
  const publicKey = createPublicKey(privateKey);
  return {
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    publicPem: String(publicKey.export({ format: 'pem', type: 'spki' })),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('hex'),
  };
}

function parse(text: string, file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (error) {
    // What OpenSSL says of a private key's text is not repeated.
    throw unusable(`${file} holds no private key as PEM`, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw unusable(`${file} holds a key of type ${key.asymmetricKeyType}, expected ed25519`);
}

function unusable(what: string, cause?: unknown): GuardError {
  return new GuardError('audit-key-unusable', `the key that signs checkpoints cannot be used: ${what}`, {
    hint: 'restore the file, or move it away: a new key is made, and checkpoints of the old one stay its own',
    ...(cause === undefined ? {} : { cause }),
  });
}

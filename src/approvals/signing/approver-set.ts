import { createHash, type KeyObject, verify } from 'node:crypto';
import { canonicalJson } from '../../platform/canonical-json.js';
import { bytesOfBase64, parsePublicKey } from './public-key.js';

/** An approver as the config names it. */
export interface EnrolledApprover {
  readonly name: string;
  /** Ed25519, base64 of the raw 32 bytes or of the DER form. */
  readonly public_key: string;
}

/** The people whose signatures count. */
export interface ApproverSet {
  /** Sorted. */
  readonly names: readonly string[];
  /** True where an answer counts only with a signature of one of them. */
  readonly required: boolean;
  /** `sha256:` and the hex digest of the whole set; null where it is empty. */
  readonly fingerprint: string | null;
  /** Whether this approver signed this text. Never throws: what is malformed is not signed. */
  verify(name: string, text: string, signatureBase64: string): boolean;
}

const SIGNATURE_BYTES = 64;

/**
 * Makes the set of the approvers that the config names. Config validation has found bad keys and
 * double names before; here they throw an Error.
 */
export function createApproverSet(approvers: readonly EnrolledApprover[]): ApproverSet {
  const keys = new Map<string, KeyObject>();
  const members: { name: string; public_key: string }[] = [];
  for (const { name, public_key: text } of approvers) {
    if (keys.has(name)) throw new Error(`the approver ${name} is named twice`);
    const { key, base64 } = parsePublicKey(text);
    keys.set(name, key);
    members.push({ name, public_key: base64 });
  }
  members.sort((left, right) => (left.name < right.name ? -1 : 1));
  return {
    names: members.map(({ name }) => name),
    required: members.length > 0,
    fingerprint: members.length === 0 ? null : digestOf(canonicalJson(members)),
    verify(name, text, signatureBase64) {
      const key = keys.get(name);
      const signature = bytesOfBase64(signatureBase64);
      if (key === undefined || signature?.length !== SIGNATURE_BYTES) return false;
      try {
        return verify(null, Buffer.from(text, 'utf8'), key, signature);
      } catch {
        return false;
      }
    },
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

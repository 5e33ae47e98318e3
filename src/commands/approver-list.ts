import type { FoundApproverKey } from '../approvals/signing/approver-key-file.js';
import { createApproverSet, type EnrolledApprover } from '../approvals/signing/approver-set.js';
import { parsePublicKey } from '../approvals/signing/public-key.js';
import { printable } from '../platform/printable.js';
import { columns } from './text-table.js';

/** Keys of this user and approvers of the config, side by side. */
export interface ApproverList {
  readonly approvers: readonly ListedApprover[];
  /** Of the approvers that the config names; null where it names none, so that no signature is needed. */
  readonly fingerprint: string | null;
  /** Key files that cannot be used, and why. */
  readonly troubles: readonly string[];
}

interface ListedApprover {
  readonly name: string;
  readonly public_key: string;
  /** `enrolled`: the key is here and the config names it. */
  readonly state: 'enrolled' | 'key elsewhere' | 'not in the config' | 'other key in the config';
  /** The key file; null where the key is elsewhere. */
  readonly file: string | null;
}

/** Says of each key and each approver how they fit together. */
export function approverList(
  keys: readonly FoundApproverKey[],
  approvers: readonly EnrolledApprover[],
): ApproverList {
  const named = new Map(approvers.map(({ name, public_key: text }) => [name, parsePublicKey(text).base64]));
  const here = keys.flatMap(({ name, file, key, trouble }): ListedApprover[] => {
    if (key === undefined || trouble !== undefined) return [];
    const wanted = named.get(name);
    const state =
      wanted === undefined
        ? 'not in the config'
        : wanted === key.public_key
          ? 'enrolled'
          : 'other key in the config';
    return [{ name, public_key: key.public_key, state, file }];
  });
  const elsewhere = [...named]
    .filter(([name]) => !here.some((one) => one.name === name))
    .map(([name, key]): ListedApprover => ({ name, public_key: key, state: 'key elsewhere', file: null }));
  return {
    approvers: [...here, ...elsewhere].toSorted((left, right) => (left.name < right.name ? -1 : 1)),
    fingerprint: createApproverSet(approvers).fingerprint,
    troubles: keys.flatMap(({ trouble }) => trouble ?? []),
  };
}

/** The list for a person. */
export function listText({ approvers, fingerprint, troubles }: ApproverList): string {
  const lines = columns(approvers.map(({ name, state, public_key: key }) => [printable(name), state, key]));
  return `${[
    ...lines,
    ...troubles.map((trouble) => `not usable: ${printable(trouble)}`),
    fingerprint === null
      ? 'the config names no approvers: answers need no signature'
      : `answers must be signed; approvers ${fingerprint}`,
  ].join('\n')}\n`;
}

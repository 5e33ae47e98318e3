import * as z from 'zod/mini';
import {
  REMEMBERED_CONDITIONS_MAX,
  REMEMBERED_ENTRIES_MAX,
  REMEMBERED_ENTRY_BYTES_MAX,
} from '../../platform/bounds.js';
import { checkedJson } from '../../platform/checked-json.js';
import type { ApproverSet } from '../signing/approver-set.js';
import { rememberedText } from '../signing/signed-text.js';
import { REMEMBERED_VERSION, type RememberedEntry, type RememberedFile } from './entry.js';

const orNull = <Schema extends z.core.$ZodType>(schema: Schema) => z.union([schema, z.null()]);
const time = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

const entrySchema = z
  .strictObject({
    id: z.string().check(z.regex(/^rem_[a-z0-9]{12}$/)),
    // An answer for a session is kept by the process whose session it is, never here.
    scope: z.enum(['project', 'user']),
    project: orNull(z.string()),
    server: z.string(),
    method: z.string(),
    tool: orNull(z.string()),
    target: orNull(z.string()),
    input: z.record(z.string(), z.json()).check(z.refine(isBounded)),
    definition: orNull(z.string()),
    rules: z.array(z.string()),
    approver: z.string(),
    channel: z.string(),
    created_at: time,
    expires_at: orNull(time),
    approval_id: z.string(),
    signature: orNull(z.string()),
  })
  .check(z.refine((entry) => (entry.scope === 'project') === (entry.project !== null)));

const fileSchema = z.strictObject({
  version: z.literal(REMEMBERED_VERSION),
  entries: z.array(entrySchema).check(z.maxLength(REMEMBERED_ENTRIES_MAX)),
});

/** Reads the text of the file of remembered answers; `trouble` follows its path in a sentence. */
export function parseRememberedFile(text: string): RememberedFile | { readonly trouble: string } {
  const read = checkedJson(text, fileSchema, 'a file of remembered answers');
  return 'trouble' in read ? read : read.value;
}

/** Whether an approver of the set signed this entry. */
export function isSigned(entry: RememberedEntry, approvers: ApproverSet): boolean {
  const { approver, signature } = entry;
  return signature !== null && approvers.verify(approver, rememberedText(entry), signature);
}

function isBounded(input: object): boolean {
  return (
    Object.keys(input).length <= REMEMBERED_CONDITIONS_MAX &&
    // An edited condition may be longer than the proposed one; twice is enough for all of them.
    Buffer.byteLength(JSON.stringify(input)) <= 2 * REMEMBERED_ENTRY_BYTES_MAX
  );
}

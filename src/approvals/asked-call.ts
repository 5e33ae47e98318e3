import type { ToolStanding } from '../mcp/catalog.js';
import type { JsonObject } from '../platform/json.js';
import type { ApprovalTerms } from './terms.js';

/** A call that needs an approval, as the pipeline hands it to the desk. */
export interface AskedCall {
  /** What an approval of it is bound to: see binding.ts. */
  readonly digest: string;
  readonly terms: ApprovalTerms;
  /** Joins the request with its decision record. */
  readonly requestId: string;
  readonly server: string;
  readonly agent: string | null;
  readonly client: string | null;
  readonly session: string | null;
  readonly method: string;
  readonly tool: string | null;
  readonly target: string | null;
  readonly arguments: JsonObject;
  /** Bytes of the arguments as they came. */
  readonly argSize: number;
  readonly definition: string | null;
  readonly standing: ToolStanding;
  readonly destructive: boolean;
  readonly readOnly: boolean;
}

/** What the log and the agent are told of the approval that a call has or lacks. */
export interface ApprovalNote {
  /** Null where an earlier, remembered answer let the call pass. */
  readonly id: string | null;
  readonly state: 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn' | 'remembered';
  readonly approver: string | null;
  readonly channel: string | null;
  readonly presence: string | null;
  readonly reason: string | null;
  readonly waited_ms: number;
  readonly escalated_at: string | null;
  /** The scope in which the answer stands for later calls, or the entry that let this one pass. */
  readonly remembered: string | null;
}

/** What would become of a call that needs an approval, if it were made. */
export type Foresight =
  /** An answer stands that lets it pass. */
  | { readonly kind: 'passes' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** What the desk knows of a call that needs an approval, before anybody is asked. */
export type Consultation =
  | { readonly kind: 'passes'; readonly note: ApprovalNote }
  | { readonly kind: 'stopped'; readonly note: ApprovalNote }
  /** A person has to be asked, or was and has not answered. */
  | {
      readonly kind: 'ask';
      /** The request that it joins, or the one that is made for it. */
      readonly id: string;
    }
  /** Nobody can be asked. */
  | { readonly kind: 'unavailable'; readonly why: string };

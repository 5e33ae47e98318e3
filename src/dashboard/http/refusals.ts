import type { IncomingMessage } from 'node:http';
import { DASHBOARD_REFUSED_PATH_CHARS_MAX } from '../../platform/bounds.js';
import type { JsonObject } from '../../platform/json.js';
import { printable } from '../../platform/printable.js';
import { type Refused, RefusalCounts } from '../../platform/refusal-counts.js';
import type { Schedule } from '../../platform/schedule.js';
import { API_ROOT } from '../contract.js';
import { ERROR_CODES, type ErrorCode } from '../contract/shapes.js';
import { addressBlock } from '../login/throttle.js';
import type { DashboardReply, Stop } from './reply.js';

export interface RefusalsOptions {
  readonly schedule: Schedule;
  readonly record: (event: string, detail: JsonObject) => void;
  readonly onDefect: (error: unknown) => void;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly why: string;
  readonly address: string;
  readonly method: string | null;
  /** Without the query, printable. */
  readonly path: string | null;
}

/** Codes that say nothing of who asks: guard is busy, ends or failed. */
const NO_REFUSALS: ReadonlySet<ErrorCode> = new Set(['unavailable', 'internal', 'too-many']);

/** Records requests that are turned away before anything answers them; see RefusalCounts for how often. */
export class DashboardRefusals {
  readonly #counts: RefusalCounts<Refusal>;

  constructor({ schedule, record, onDefect }: RefusalsOptions) {
    this.#counts = new RefusalCounts({
      schedule,
      tell: (refusal, refused) => {
        try {
          record('dashboard-refused', detailOf(refusal, refused));
        } catch (error) {
          // It stays refused; that the log cannot be written is told of.
          onDefect(error);
        }
      },
    });
  }

  /** A request that was stopped on its way in. */
  stopped({ request, address }: DashboardReply, { code, message, isRecorded }: Stop): void {
    if (isRecorded || NO_REFUSALS.has(code) || asksWhoItIs(request)) return;
    const { method = '', url = '' } = request;
    const path = printable(url.split('?')[0] ?? '').slice(0, DASHBOARD_REFUSED_PATH_CHARS_MAX);
    this.#add({ code, why: message, address, method: printable(method), path });
  }

  /** Something that is no HTTP. */
  garbled(address: string): void {
    this.#add({ code: 'bad-request', why: 'it is no HTTP request', address, method: null, path: null });
  }

  /** Records what was only counted. */
  close(): void {
    this.#counts.close();
  }

  #add(refusal: Refusal): void {
    this.#counts.add(`${refusal.code}\n${addressBlock(refusal.address)}`, refusal);
  }
}

function detailOf(refusal: Refusal, { count, mixed }: Refused): JsonObject {
  return { status: ERROR_CODES[refusal.code], ...refusal, count, ...(mixed ? { mixed } : {}) };
}

/** The page's question whether it is logged in, by somebody who shows nothing: the answer is no, and no news. */
function asksWhoItIs({ method, url, headers }: IncomingMessage): boolean {
  const isQuestion = method === 'GET' && url === `${API_ROOT}/session`;
  return (
    isQuestion && headers.authorization === undefined && headers.cookie?.includes('guard-session') !== true
  );
}

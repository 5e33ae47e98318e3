import { LEGACY_REVISIONS, MODERN_REVISION, modernEnvelope } from '../../mcp/era.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import type { Era, ServerFacts } from './connection.js';
import type { OwnAnswer, TransportTrouble } from './own-answer.js';

/** Sends messages of guard's own and waits for their answers. */
export interface Asker {
  ask(method: string, params: JsonObject, timeoutMs: number): Promise<OwnAnswer>;
  tell(method: string, params: JsonObject): void;
}

/**
 * What is known of the server's era. `probe`: nothing, so it is asked, and taken for a legacy one if
 * it stays silent; `modern` and `legacy`: what it was the last time, or what its client would like.
 */
export type EraPlan = 'probe' | Era;

export interface HandshakeTerms {
  readonly plan: EraPlan;
  /** Declared in `initialize`. */
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
  /** How long the probe may take, in milliseconds. */
  readonly probeMs: number;
  /** Milliseconds that are left for the handshake as a whole. */
  readonly leftMs: () => number;
}

/** How a handshake went. */
export type Handshake =
  | { readonly kind: 'done'; readonly facts: ServerFacts }
  /** The server stayed silent or ended; `probing`: on the question for its era, which some cannot bear. */
  | { readonly kind: 'lost'; readonly answer: Lost; readonly probing: boolean }
  /** The server answered, but there is nothing that both speak. */
  | {
      readonly kind: 'refused';
      readonly detail: string;
      readonly transport: TransportTrouble | undefined;
    };
type Lost = Extract<OwnAnswer, { kind: 'silent' | 'gone' }>;

/** The modern era's error for a revision that the server does not speak; its data names those it does. */
const UNSUPPORTED_REVISION = -32022;

/**
 * Finds out which era the server speaks and shakes hands in it (MCP 2026-07-28, basic/versioning and
 * basic/transports/stdio "Backward Compatibility"): any answer to `server/discover` that is not a
 * modern one means `initialize`, whatever its error code.
 */
export async function shakeHands(asker: Asker, terms: HandshakeTerms): Promise<Handshake> {
  if (terms.plan !== 'legacy') return (await discover(asker, terms)) ?? (await initialize(asker, terms));
  const legacy = await initialize(asker, terms);
  if (legacy.kind !== 'refused' || legacy.transport !== undefined) return legacy;
  // It may have become a modern server since, or never have been another.
  return (await discover(asker, terms)) ?? legacy;
}

/**
 * Null where the server is to be tried with `initialize`. One that refuses the revision and names it among
 * those that it speaks is asked `again`, once (2026-07-28, basic/versioning: the client picks one and retries).
 */
async function discover(asker: Asker, terms: HandshakeTerms, again = false): Promise<Handshake | null> {
  const probing = terms.plan === 'probe';
  const params = { _meta: modernEnvelope(terms.clientInfo, {}) };
  const timeoutMs = probing ? Math.min(terms.probeMs, terms.leftMs()) : terms.leftMs();
  const answer = await asker.ask('server/discover', params, timeoutMs);
  switch (answer.kind) {
    case 'silent':
    case 'gone':
      return { kind: 'lost', answer, probing };
    case 'result':
      return discovered(answer.result, member(answer.result, 'supportedVersions'));
    case 'error':
      if (answer.transport?.status === 401) return refusal('server/discover', answer);
      break;
  }
  if (answer.code !== UNSUPPORTED_REVISION || !isJsonObject(answer.data)) return null;
  const supported = versionsOf(member(answer.data, 'supported'));
  if (supported.includes(MODERN_REVISION) && !again) return discover(asker, terms, true);
  return chosen(supported, null);
}

function discovered(result: JsonObject, supported: JsonValue | undefined): Handshake | null {
  // Servers that know no method answer all of them, some with an empty result.
  return supported === undefined ? null : chosen(versionsOf(supported), result);
}

function chosen(supportedVersions: readonly string[], result: JsonObject | null): Handshake | null {
  if (result !== null && supportedVersions.includes(MODERN_REVISION)) {
    return {
      kind: 'done',
      facts: { era: 'modern', revision: MODERN_REVISION, supportedVersions, result },
    };
  }
  if (supportedVersions.some((version) => LEGACY_REVISIONS.includes(version))) return null;
  return {
    kind: 'refused',
    detail: `speaks ${supportedVersions.join(', ') || 'no revision'} of MCP, of which guard knows none`,
    transport: undefined,
  };
}

async function initialize(asker: Asker, terms: HandshakeTerms): Promise<Handshake> {
  const { capabilities, clientInfo } = terms;
  const [protocolVersion = ''] = LEGACY_REVISIONS;
  const answer = await asker.ask('initialize', { protocolVersion, capabilities, clientInfo }, terms.leftMs());
  switch (answer.kind) {
    case 'silent':
    case 'gone':
      return { kind: 'lost', answer, probing: false };
    case 'error':
      return refusal('initialize', answer);
    case 'result':
      break;
  }
  const revision = member(answer.result, 'protocolVersion');
  if (typeof revision !== 'string' || !LEGACY_REVISIONS.includes(revision)) {
    const answered = typeof revision === 'string' ? `with revision ${revision}` : 'without a protocolVersion';
    return {
      kind: 'refused',
      detail: `answered initialize ${answered}, which guard does not know`,
      transport: undefined,
    };
  }
  asker.tell('notifications/initialized', {});
  return {
    kind: 'done',
    facts: { era: 'legacy', revision, supportedVersions: [revision], result: answer.result },
  };
}

function refusal(method: string, answer: Extract<OwnAnswer, { kind: 'error' }>): Handshake {
  const { code, message, transport } = answer;
  const detail = `answered ${method} with an error${code === undefined ? '' : ` (${code})`}: ${message}`;
  return { kind: 'refused', detail, transport: transport?.answered === true ? undefined : transport };
}

function versionsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((version) => typeof version === 'string') : [];
}

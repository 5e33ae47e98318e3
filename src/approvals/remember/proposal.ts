import {
  REMEMBERED_CONDITIONS_MAX,
  REMEMBERED_ENTRY_BYTES_MAX,
  REMEMBERED_MS,
} from '../../platform/bounds.js';
import { isJsonObject, type JsonValue } from '../../platform/json.js';
import { argumentPathText } from '../../platform/argument-path.js';
import type { PolicyPorts } from '../../policy/ports.js';
import type { ApprovalAnswer, Remembered } from '../answer.js';
import type { ApprovalRequest, RememberScope } from '../request.js';
import { type Conditions, conditionsHold } from './conditions.js';
import type { RememberedEntry } from './entry.js';

/** From narrow to wide. */
const SCOPES: readonly RememberScope[] = ['session', 'project', 'user'];

/** What redaction puts in place of what it takes out. */
const REDACTED = /\[(?:redacted|omitted):/;

/** Equality asks nothing of the world. */
const NO_PORTS: PolicyPorts = {
  compileRegex: () => ({ test: () => false }),
  canonicalPath: () => undefined,
};

/** Why no answer to this request may be remembered, in words for the person; null where one may. */
export function whyNotRemembered(request: ApprovalRequest): string | null {
  if (request.remember === null) return 'the rule does not let answers be remembered';
  if (request.tool === null || request.method !== 'tools/call') return 'only calls of tools are remembered';
  if (request.destructive) return 'the tool may destroy something: such calls are asked about each time';
  switch (request.standing) {
    case 'drifted':
      return 'the definition of the tool has changed since it was first seen';
    case 'unlisted':
      return 'the tool is not on the list of the server';
    case 'unknown':
      return 'the server has not told yet what the tool does';
    case 'listed':
      break;
  }
  if (request.definition === null) return 'the server has not told yet what the tool does';
  return whyNotArguments(request);
}

/** The scopes in which an answer to this request may be remembered, from narrow to wide. */
export function scopesOf(request: ApprovalRequest): readonly RememberScope[] {
  if (whyNotRemembered(request) !== null) return [];
  return SCOPES.filter((scope) => isWithinScope(scope, request.remember));
}

/**
 * The narrowest thing that would have let this call pass: the same value for every argument, and no
 * argument more. A session ends by itself; for wider scopes a time is proposed. Throws where
 * `whyNotRemembered` has a reason, or the rule does not allow the scope.
 */
export function proposeRemembered(request: ApprovalRequest, scope: RememberScope): Remembered {
  const why = whyNotRemembered(request);
  if (why !== null) throw new Error(`this answer cannot be remembered: ${why}`);
  if (!isWithinScope(scope, request.remember)) throw new Error(`the rule does not allow the scope ${scope}`);
  const expires = scope === 'session' ? null : Date.parse(request.created_at) + REMEMBERED_MS;
  return {
    scope,
    input: equalities(request.arguments),
    expires_at: expires === null ? null : new Date(expires).toISOString(),
  };
}

/** The entry that an approval with `remember` makes, unsigned. */
export function entryOf(request: ApprovalRequest, answer: ApprovalAnswer, id: string): RememberedEntry {
  const { remember } = answer;
  if (remember === null) throw new Error('the answer is not to be remembered');
  return {
    id,
    scope: remember.scope,
    project: remember.scope === 'project' ? request.project : null,
    server: request.server,
    method: request.method,
    tool: request.tool,
    target: request.target,
    input: remember.input,
    definition: request.definition,
    rules: request.rules.map(({ layer, name }) => `${layer}/${name}`),
    approver: answer.approver,
    channel: answer.channel,
    created_at: answer.answered_at,
    expires_at: remember.expires_at,
    approval_id: request.id,
    signature: null,
  };
}

function whyNotArguments({
  arguments: input,
  arguments_complete: complete,
  project,
}: ApprovalRequest): string | null {
  if (!complete) return 'the arguments are too large to be shown whole';
  if (!isJsonObject(input)) return 'the arguments are no object';
  if (REDACTED.test(JSON.stringify(input))) return 'the arguments hold a secret, which is never written down';
  const conditions = equalities(input);
  if (Object.keys(conditions).length > REMEMBERED_CONDITIONS_MAX) {
    return `there are more than ${REMEMBERED_CONDITIONS_MAX} arguments`;
  }
  if (Buffer.byteLength(JSON.stringify(conditions)) > REMEMBERED_ENTRY_BYTES_MAX) {
    return `the arguments have more than ${REMEMBERED_ENTRY_BYTES_MAX} bytes`;
  }
  // Numbers that were rounded and keys that differ only in case cannot be told from others.
  return conditionsHold(conditions, input, project, NO_PORTS)
    ? null
    : 'the arguments hold values that cannot be compared without doubt';
}

/** One condition for each value, those of nested objects at their own paths. */
function equalities(input: JsonValue): Conditions {
  const found: [string, JsonValue][] = [];
  const walk = (value: JsonValue, keys: readonly string[]): void => {
    const members: [string, JsonValue][] = isJsonObject(value) ? Object.entries(value) : [];
    if (members.length === 0 && keys.length > 0) found.push([argumentPathText(keys), { eq: value }]);
    for (const [key, inner] of members) walk(inner, [...keys, key]);
  };
  walk(input, []);
  return Object.fromEntries(found);
}

function isWithinScope(scope: RememberScope, widest: RememberScope | null): boolean {
  return widest !== null && SCOPES.indexOf(scope) <= SCOPES.indexOf(widest);
}

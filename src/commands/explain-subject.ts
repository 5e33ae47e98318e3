import { DEFAULT_HINTS, readHints } from '../mcp/hints.js';
import { clientRequestHandling, serverRequestHandling } from '../mcp/methods.js';
import { readTarget } from '../mcp/request-target.js';
import { GuardError, messageOf } from '../platform/errors.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { isJsonObject } from '../platform/json.js';
import type { Subject } from '../policy/subject.js';
import { claimOption } from './claim-option.js';
import type { CommandInput } from './command.js';
import { textListOption, textOption } from './text-option.js';

const HINT_NAMES = Object.keys(DEFAULT_HINTS);

/** The call that the options describe, as a door would put it to policy. Throws GuardError `usage`. */
export function subjectOf(input: CommandInput): Subject {
  const tool = textOption(input, 'tool');
  const uri = textOption(input, 'uri');
  const prompt = textOption(input, 'prompt');
  if ([tool, uri, prompt].filter((given) => given !== undefined).length > 1) {
    throw new GuardError('usage', '--tool, --uri and --prompt exclude each other');
  }
  const method = textOption(input, 'method') ?? methodOf(tool, uri, prompt);
  const target = readTarget(method, paramsOf(tool ?? prompt, uri, argumentsOf(input)));
  if ('invalid' in target) {
    throw new GuardError('usage', `guard refuses such a ${method} before policy sees it: ${target.invalid}`);
  }
  const hints = hintsOf(input);
  return {
    method,
    knownMethod: clientRequestHandling(method) !== undefined || serverRequestHandling(method) !== undefined,
    server: textOption(input, 'server') ?? 'server',
    agent: textOption(input, 'agent'),
    client: textOption(input, 'client'),
    session: undefined,
    ...callerOf(input),
    ...target,
    standing: Object.keys(hints).length === 0 ? 'unknown' : 'listed',
    hints: readHints({ annotations: hints }),
  };
}

/** Without scopes and claims nobody is verified, as at the stdio door; with either, both are known. */
function callerOf(input: CommandInput): Pick<Subject, 'claims' | 'scopes'> {
  const scopes = textListOption(input, 'scope').flatMap((text) => text.split(' '));
  const claims = claimOption(input);
  const isVerified = scopes.length > 0 || Object.keys(claims).length > 0;
  return isVerified ? { claims, scopes } : { claims: undefined, scopes: undefined };
}

function methodOf(tool: string | undefined, uri: string | undefined, prompt: string | undefined): string {
  if (tool !== undefined) return 'tools/call';
  if (uri !== undefined) return 'resources/read';
  if (prompt !== undefined) return 'prompts/get';
  throw new GuardError('usage', 'expected --tool, --uri, --prompt or --method', {
    hint: 'guard explain --help',
  });
}

function paramsOf(
  name: string | undefined,
  uri: string | undefined,
  args: JsonObject | undefined,
): JsonObject {
  if (name !== undefined) return { name, ...(args === undefined ? {} : { arguments: args }) };
  return { ...args, ...(uri === undefined ? {} : { uri }) };
}

function argumentsOf(input: CommandInput): JsonObject | undefined {
  const text = textOption(input, 'args');
  if (text === undefined) return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new GuardError('usage', `--args expects JSON: ${messageOf(error)}`, {
      hint: `such as --args '{"path":"/tmp"}'`,
      cause: error,
    });
  }
  if (!isJsonObject(value)) throw new GuardError('usage', '--args expects a JSON object');
  return value;
}

function hintsOf(input: CommandInput): JsonObject {
  const hints: JsonObject = {};
  for (const text of textListOption(input, 'hint')) {
    const [name = '', value = 'true'] = text.split('=');
    const full = name.endsWith('Hint') ? name : `${name}Hint`;
    if (!HINT_NAMES.includes(full) || (value !== 'true' && value !== 'false')) {
      throw new GuardError(
        'usage',
        `--hint expects one of ${HINT_NAMES.join(', ')} and true or false, got ${text}`,
      );
    }
    hints[full] = value === 'true';
  }
  return hints;
}

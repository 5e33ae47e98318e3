import { foldKey } from '../platform/fold.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../platform/json.js';

/** What a request is about, as far as policy and the audit log look at it. */
export interface RequestTarget {
  readonly tool: string | undefined;
  readonly uri: string | undefined;
  readonly prompt: string | undefined;
  /** The values that a rule's `input` looks at. */
  readonly input: JsonObject;
}

/** A governed request whose parameters are not what the method takes. */
export interface InvalidTarget {
  readonly invalid: string;
}

/** Names that the protocol recommends (2025-11-25, server/tools, "Tool Names"), plus the slash of its draft. */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;
const EMPTY: JsonObject = Object.freeze({});

/** Whether a tool name is spelt with the characters that the protocol recommends. */
export function isPlainToolName(name: string): boolean {
  return TOOL_NAME.test(name);
}

/** Reads what a governed request is about; says what is wrong where a server could read it its own way. */
export function readTarget(method: string, params: JsonObject | undefined): RequestTarget | InvalidTarget {
  const given = params ?? EMPTY;
  switch (method) {
    case 'tools/call':
      return named(given, 'tool');
    case 'prompts/get':
      return named(given, 'prompt');
    case 'resources/read':
    case 'resources/subscribe': {
      const uri = member(given, 'uri');
      if (typeof uri !== 'string') return { invalid: 'expected `uri` to be a string' };
      return { tool: undefined, uri, prompt: undefined, input: given };
    }
    case 'completion/complete':
      return completion(given);
    default:
      return { tool: undefined, uri: undefined, prompt: undefined, input: given };
  }
}

function named(params: JsonObject, kind: 'tool' | 'prompt'): RequestTarget | InvalidTarget {
  const name = member(params, 'name');
  const input = member(params, 'arguments') ?? EMPTY;
  if (typeof name !== 'string' || name === '') return { invalid: 'expected `name` to be a string' };
  if (!isJsonObject(input)) return { invalid: 'expected `arguments` to be an object' };
  return {
    tool: kind === 'tool' ? name : undefined,
    uri: undefined,
    prompt: kind === 'prompt' ? name : undefined,
    input,
  };
}

function completion(params: JsonObject): RequestTarget | InvalidTarget {
  const reference = member(params, 'ref');
  if (!isJsonObject(reference)) return { invalid: 'expected `ref` to be an object' };
  const name = member(reference, 'name');
  const uri = member(reference, 'uri');
  if (!isTextOrAbsent(name) || !isTextOrAbsent(uri)) {
    return { invalid: 'expected `ref.name` and `ref.uri` to be strings' };
  }
  for (const key of Object.keys(reference)) {
    const folded = foldKey(key);
    if (folded !== key && (folded === 'name' || folded === 'uri')) {
      return { invalid: `the key ${JSON.stringify(key)} of \`ref\` is \`${folded}\` to some servers` };
    }
  }
  return {
    tool: undefined,
    uri,
    prompt: name,
    input: params,
  };
}

function isTextOrAbsent(value: JsonValue | undefined): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

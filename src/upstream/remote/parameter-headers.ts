import { CATALOG_TOOLS_MAX, REMOTE_PARAMETER_HEADERS_MAX } from '../../platform/bounds.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../../platform/json.js';
import { argumentText, headerValue, valueAt } from './mirrored-headers.js';
import type { OutgoingRequest } from './outgoing.js';

const ANNOTATION = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PRIMITIVES = new Set<unknown>(['string', 'integer', 'boolean']);
/** Keywords of JSON Schema 2020-12 that hold one schema or a list of them. */
const SCHEMAS = [
  'items',
  'prefixItems',
  'contains',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
];
/** Keywords that hold schemas by name; below them no annotation may stand. */
const SCHEMA_MAPS = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** An argument that a tool wants repeated as the header `Mcp-Param-{name}`. */
export interface Mirror {
  readonly path: readonly string[];
  readonly name: string;
}

/** A tool whose annotations break the specification's rules; clients over HTTP must leave it out. */
export interface InvalidTool {
  readonly tool: string;
  readonly fault: string;
}

/**
 * Which arguments of which tools go into headers too, learned from the tool lists that pass by
 * (2026-07-28, streamable-http, "Custom Headers from Tool Parameters").
 */
export class ParameterHeaders {
  readonly #mirrors = new Map<string, readonly Mirror[]>();

  /** Learns from one page of a tool list; returns the tools that are to be left out of it. */
  learn(result: JsonObject): InvalidTool[] {
    const tools = member(result, 'tools');
    const invalid: InvalidTool[] = [];
    for (const definition of Array.isArray(tools) ? tools : []) {
      const tool = isJsonObject(definition) ? member(definition, 'name') : undefined;
      if (!isJsonObject(definition) || typeof tool !== 'string') continue;
      const mirrors = mirrorsOf(member(definition, 'inputSchema'));
      this.#mirrors.delete(tool);
      if (typeof mirrors === 'string') invalid.push({ tool, fault: mirrors });
      else if (mirrors.length > 0 && this.#mirrors.size < CATALOG_TOOLS_MAX) this.#mirrors.set(tool, mirrors);
    }
    return invalid;
  }

  /** The arguments of a tool that go into headers too; none where its definition was not seen. */
  mirrorsOf(tool: string): readonly Mirror[] {
    return this.#mirrors.get(tool) ?? [];
  }

  /** The headers for a call of a tool whose definition was seen; none for any other request. */
  headersFor(message: OutgoingRequest): Record<string, string> {
    const headers: Record<string, string> = {};
    const tool = message.method === 'tools/call' ? valueAt(message.params, ['name']) : undefined;
    if (typeof tool !== 'string') return headers;
    for (const { path, name } of this.#mirrors.get(tool) ?? []) {
      const text = argumentText(valueAt(message.params, ['arguments', ...path]));
      if (text !== undefined) headers[`mcp-param-${name.toLowerCase()}`] = headerValue(text);
    }
    return headers;
  }
}

/** The annotated arguments of a schema, or which rule an annotation breaks. */
export function mirrorsOf(schema: JsonValue | undefined): readonly Mirror[] | string {
  const mirrors: Mirror[] = [];
  const seen = new Set<string>();

  /** `path` is null where no chain of `properties` leads to the schema. */
  const visit = (node: JsonValue | undefined, path: readonly string[] | null): string | null => {
    if (Array.isArray(node)) return firstFault(node, (item) => visit(item, path));
    if (!isJsonObject(node)) return null;
    const fault = Object.hasOwn(node, ANNOTATION) ? take(node, path) : null;
    if (fault !== null) return fault;
    const properties = member(node, 'properties');
    const below = isJsonObject(properties) ? Object.entries(properties) : [];
    return (
      firstFault(below, ([key, child]) => visit(child, path === null ? null : [...path, key])) ??
      firstFault(SCHEMAS, (keyword) => visit(member(node, keyword), null)) ??
      firstFault(SCHEMA_MAPS, (keyword) => {
        const map = member(node, keyword);
        return isJsonObject(map) ? visit(Object.values(map), null) : null;
      })
    );
  };

  const take = (node: JsonObject, path: readonly string[] | null): string | null => {
    const name = member(node, ANNOTATION);
    if (path === null || path.length === 0)
      return `${ANNOTATION} stands where no fixed path of properties leads`;
    if (typeof name !== 'string' || !TOKEN.test(name)) return `${ANNOTATION} is not the name of a header`;
    if (!PRIMITIVES.has(member(node, 'type')))
      return `${ANNOTATION} on an argument that is no string, integer or boolean`;
    if (seen.has(name.toLowerCase())) return `${ANNOTATION} names the same header twice`;
    if (mirrors.length === REMOTE_PARAMETER_HEADERS_MAX)
      return `more than ${REMOTE_PARAMETER_HEADERS_MAX} ${ANNOTATION}`;
    seen.add(name.toLowerCase());
    mirrors.push({ path, name });
    return null;
  };

  return visit(schema, []) ?? mirrors;
}

function firstFault<Item>(items: readonly Item[], faultOf: (item: Item) => string | null): string | null {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== null) return fault;
  }
  return null;
}

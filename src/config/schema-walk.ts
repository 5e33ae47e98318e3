import type * as z from 'zod/mini';
import type { ConfigPath } from './mistakes.js';

type Schema = z.core.$ZodType;

/** The keys that the schema knows at a path; empty where the path leads to no object. */
export function knownKeys(schema: Schema, path: ConfigPath): readonly string[] {
  return [
    ...new Set(
      schemasAt(schema, path).flatMap((found) => (isObject(found) ? Object.keys(shapeOf(found)) : [])),
    ),
  ];
}

/** The path of the only place where a key of this name is known, such as `policies.rules` for `rules`. */
export function homeOfKey(schema: Schema, key: string): string | undefined {
  const homes = new Set<string>();
  const visit = (current: Schema, path: string, depth: number): void => {
    if (depth > 6) return;
    for (const found of expand(current)) {
      if (!isObject(found)) {
        for (const inner of children(found)) visit(inner, path, depth + 1);
        continue;
      }
      for (const [name, child] of Object.entries(shapeOf(found))) {
        const childPath = path === '' ? name : `${path}.${name}`;
        if (name === key) homes.add(childPath);
        // One level is enough for a hint: a key deeper down has its own meaning.
        else if (depth === 0) visit(child, childPath, depth + 1);
      }
    }
  };
  visit(schema, '', 0);
  return homes.size === 1 ? [...homes][0] : undefined;
}

function schemasAt(schema: Schema, path: ConfigPath): Schema[] {
  let current = expand(schema);
  for (const part of path) {
    current = current.flatMap((found) => step(found, part)).flatMap(expand);
  }
  return current;
}

function step(schema: Schema, part: string | number): Schema[] {
  if (isObject(schema)) {
    const child = Object.hasOwn(shapeOf(schema), part) ? shapeOf(schema)[part] : undefined;
    return child === undefined ? [] : [child];
  }
  return children(schema);
}

/** What an array or a record holds. */
function children(schema: Schema): Schema[] {
  const def = defOf(schema);
  if (def.type === 'array') return [(def as z.core.$ZodArrayDef).element];
  if (def.type === 'record') return [(def as z.core.$ZodRecordDef).valueType];
  return [];
}

/** A schema without its wrappers; a union as its members. */
function expand(schema: Schema): Schema[] {
  const def = defOf(schema);
  if (def.type === 'union') return (def as z.core.$ZodUnionDef).options.flatMap(expand);
  if (def.type === 'lazy') return expand((def as z.core.$ZodLazyDef).getter());
  if ('innerType' in def) return expand(def.innerType as Schema);
  return [schema];
}

function isObject(schema: Schema): schema is z.ZodMiniObject {
  return defOf(schema).type === 'object';
}

function shapeOf(schema: z.ZodMiniObject): Readonly<Record<string, Schema>> {
  return schema.def.shape;
}

function defOf(schema: Schema): z.core.$ZodTypeDef {
  return (schema as z.ZodMiniType).def;
}

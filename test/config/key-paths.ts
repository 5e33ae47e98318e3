import { configJsonSchema } from '../../scripts/schemas.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly pattern?: string;
}

/** One key of the config file. */
export interface KeyEntry {
  /** `policies.rules[].match.tool`, `policies.rules[].match.input.<path>.gt`, `mcpServers.<name>.url`. */
  readonly path: string;
  readonly schema: Schema;
}

/** Names for what stands in the place of a map's free keys. */
const FREE_KEYS: Readonly<Record<string, string>> = {
  input: '<path>',
  mcpServers: '<name>',
  env: '<variable>',
  headers: '<header>',
};

/** Every key of the config file; shared parts are listed where they are first used. */
export function configKeys(): KeyEntry[] {
  const root = JSON.parse(configJsonSchema()) as Schema;
  const found: KeyEntry[] = [];
  const opened = new Set<string>();
  const visit = (schema: Schema, path: string): void => {
    if (schema.$ref !== undefined) {
      if (opened.has(schema.$ref)) return;
      opened.add(schema.$ref);
      const definition = root.definitions?.[schema.$ref.replace('#/definitions/', '')];
      if (definition === undefined) throw new Error(`no definition ${schema.$ref}`);
      visit(definition, path);
    }
    for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? [])]) visit(part, path);
    if (schema.items !== undefined) visit(schema.items, `${path}[]`);
    if (typeof schema.additionalProperties === 'object' && schema.properties === undefined) {
      visit(schema.additionalProperties, `${path}.${FREE_KEYS[path.split('.').at(-1) ?? ''] ?? '<key>'}`);
    }
    for (const [key, child] of Object.entries(schema.properties ?? {})) {
      const childPath = path === '' ? key : `${path}.${key}`;
      found.push({ path: childPath, schema: child });
      visit(child, childPath);
    }
  };
  visit(root, '');
  return found;
}

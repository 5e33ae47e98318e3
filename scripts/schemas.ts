import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { SCHEMA_URL } from '../src/commands/init-starter.js';
import { configSchema } from '../src/config/schema.js';
import { descriptions } from '../src/config/schema-values.js';

/** Where the generated schemas are committed. */
export const CONFIG_SCHEMA_FILE = fileURLToPath(
  new URL('../schemas/guard.config.schema.json', import.meta.url),
);

/** The JSON Schema of the config file as text. */
export function configJsonSchema(): string {
  // Draft 7 is what editors support best.
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    target: 'draft-7',
    metadata: descriptions,
    unrepresentable: 'any',
    io: 'input',
  });
  const whole = {
    $schema,
    $id: SCHEMA_URL,
    title: 'guard config',
    ...schema,
    // Root keys for YAML anchors, which guard does not look at.
    patternProperties: { '^x-': {} },
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

// `npm run schemas`; a test compares what is committed with what would be written.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(path.dirname(CONFIG_SCHEMA_FILE), { recursive: true });
  writeFileSync(CONFIG_SCHEMA_FILE, configJsonSchema());
}

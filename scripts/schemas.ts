import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { SCHEMA_URL } from '../src/commands/init-starter.js';
import { configSchema } from '../src/config/schema.js';
import { policyTestsSchema } from '../src/config/schema-tests.js';
import { descriptions } from '../src/config/schema-values.js';
import { OPENAPI_FILE, openApiText } from './openapi.js';

/** Where the generated schemas are committed. */
export const CONFIG_SCHEMA_FILE = fileURLToPath(
  new URL('../schemas/guard.config.schema.json', import.meta.url),
);

export const TEST_SCHEMA_FILE = fileURLToPath(new URL('../schemas/guard.test.schema.json', import.meta.url));

/** The JSON Schema of the config file as text. */
export function configJsonSchema(): string {
  return jsonSchema(configSchema, SCHEMA_URL, 'guard config');
}

/** The JSON Schema of policy test files as text. */
export function testJsonSchema(): string {
  return jsonSchema(
    policyTestsSchema,
    SCHEMA_URL.replace('guard.config.', 'guard.test.'),
    'guard policy tests',
  );
}

function jsonSchema(of: z.core.$ZodType, id: string, title: string): string {
  // Draft 7 is what editors support best.
  const { $schema, ...schema } = z.toJSONSchema(of, {
    target: 'draft-7',
    metadata: descriptions,
    unrepresentable: 'any',
    io: 'input',
  });
  const whole = {
    $schema,
    $id: id,
    title,
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
  writeFileSync(TEST_SCHEMA_FILE, testJsonSchema());
  writeFileSync(OPENAPI_FILE, openApiText());
}

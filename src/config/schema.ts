import * as z from 'zod/mini';
import { DEFAULTS } from './defaults.js';
import { approvalSchema } from './schema-approval.js';
import { budgetsSchema, evidenceSchema, policiesSchema } from './schema-policies.js';
import {
  dashboardSchema,
  identitySchema,
  listenSchema,
  mcpServersSchema,
  upstreamsSchema,
} from './schema-serve.js';
import {
  auditSchema,
  logSchema,
  relaySchema,
  selfProtectionSchema,
  stateSchema,
  tracingSchema,
} from './schema-settings.js';
import { MODES } from '../platform/mode.js';
import { described, descriptions, name, optional, word } from './schema-values.js';

/**
 * The whole config file, strict at every level. Root keys that begin with `x-` are taken out before
 * this sees the value: they hold YAML anchors.
 */
export const configSchema = z.strictObject({
  $schema: optional(z.string(), 'Address of this schema, for editors.'),
  version: described(z.union([z.literal('1'), z.literal(1)]), "Version of the format: '1'."),
  environment: optional(
    name,
    "Label such as dev or prod that rules can match. Default: that of the user's, then of the system's file.",
  ),
  mode: optional(
    word(MODES),
    'enforce: block what policy denies; observe: let it pass and record what would have happened; dry_run: answer every call with what would have happened.',
    DEFAULTS.mode,
  ),
  policies: optional(policiesSchema, 'What may be called, by whom, with which arguments.'),
  budgets: optional(budgetsSchema, 'Pots of money that several tools draw on.', []),
  evidence: optional(evidenceSchema, 'What the success of calls proves, and for how long.', []),
  approval: optional(approvalSchema, 'How people are asked. Not read from project files.'),
  audit: optional(auditSchema, 'The audit log. Not read from project files.'),
  tracing: optional(tracingSchema, 'Spans of calls. Not read from project files.'),
  relay: optional(relaySchema, 'Bounds of the stdio door. Not read from project files.'),
  upstreams: optional(upstreamsSchema, 'Servers behind guard serve. Not read from project files.', []),
  mcpServers: optional(
    mcpServersSchema,
    "Servers behind guard serve, as a client's own map. Not read from project files.",
    {},
  ),
  listen: optional(listenSchema, 'Where guard serve listens. Not read from project files.'),
  identity: optional(identitySchema, 'How guard serve knows agents. Not read from project files.'),
  dashboard: optional(dashboardSchema, 'The dashboard of guard serve. Not read from project files.'),
  state: optional(stateSchema, 'Where limits and budgets are kept. Not read from project files.'),
  log: optional(logSchema, "Guard's own notes. Not read from project files."),
  self_protection: optional(selfProtectionSchema, "Guard's protection of its own files."),
});
descriptions.add(configSchema, {
  description: 'Config file of guard: policy, approvals, limits and audit for MCP tool calls.',
});

/** A config file after validation, before defaults. */
export type ConfigSource = z.output<typeof configSchema>;

import * as z from 'zod/mini';
import type { ConditionSource, MatchSource } from '../policy/source.js';
import { decimal, descriptions, flag, json, oneOrMany, optional, text, word } from './schema-values.js';

const typeName = word(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** Operators on one argument; all that are given must hold. */
const conditionSchema: z.ZodMiniType<ConditionSource> = z
  .strictObject({
    eq: optional(json, 'Equal to this JSON value.'),
    neq: optional(json, 'Not equal to this JSON value.'),
    in: optional(z.array(json), 'Equal to one of these JSON values.'),
    gt: optional(decimal, 'Greater than, compared as decimals.'),
    gte: optional(decimal, 'Greater than or equal, compared as decimals.'),
    lt: optional(decimal, 'Less than, compared as decimals.'),
    lte: optional(decimal, 'Less than or equal, compared as decimals.'),
    glob: optional(oneOrMany(text), 'Glob over the whole text; * and ? match any character.'),
    regex: optional(text, 'Regular expression of the RE2 language, found anywhere in the text.'),
    contains: optional(json, 'A part of the text, or an element of the list.'),
    starts_with: optional(oneOrMany(text), 'The text begins with this.'),
    ends_with: optional(oneOrMany(text), 'The text ends with this.'),
    exists: optional(flag, 'Whether the argument is there at all.'),
    type: optional(oneOrMany(typeName), 'JSON type of the argument; integer is a number without a fraction.'),
    path_within: optional(
      oneOrMany(text),
      'A path inside one of these folders, symlinks followed. Relative folders start at the config file.',
    ),
    path: optional(
      oneOrMany(text),
      'Path glob: * stays inside one folder, ** crosses folders, dotfiles included.',
    ),
    host: optional(oneOrMany(text), 'Glob over the host of a URL.'),
    not: optional(
      z.lazy(() => conditionSchema),
      'The condition in here must not hold.',
    ),
    any: optional(
      z
        .array(z.lazy(() => conditionSchema))
        .check(z.minLength(1, { error: 'the list is empty, so it can match nothing' })),
      'At least one of these conditions must hold.',
    ),
  })
  .check(
    z.refine((value) => Object.keys(value).length > 0, {
      error: 'expected at least one operator such as eq, in, glob or exists',
    }),
  );
descriptions.add(conditionSchema, {
  id: 'condition',
  description: 'Operators on one argument; all that are given must hold.',
});

/** The four hints of a tool. */
export const toolHints = z.strictObject({
  readOnlyHint: optional(
    flag,
    'The tool changes nothing. The protocol takes false where a server does not say.',
  ),
  destructiveHint: optional(
    flag,
    'The tool may destroy. The protocol takes true where a server does not say.',
  ),
  idempotentHint: optional(
    flag,
    'Calling twice is like calling once. The protocol takes false where a server does not say.',
  ),
  openWorldHint: optional(
    flag,
    'The tool reaches the outside world. The protocol takes true where a server does not say.',
  ),
});

/** What a rule applies to; all members that are given must hold. */
export const matchSchema: z.ZodMiniType<MatchSource> = z.strictObject({
  method: optional(oneOrMany(text), 'Glob over the method, such as tools/call.'),
  server: optional(oneOrMany(text), "Glob over the server's name."),
  tool: optional(oneOrMany(text), "Glob over the tool's name; * matches any character."),
  uri: optional(oneOrMany(text), "Glob over a resource's URI."),
  prompt: optional(oneOrMany(text), "Glob over a prompt's name."),
  agent: optional(oneOrMany(text), "Glob over the agent's name."),
  client: optional(oneOrMany(text), "Glob over the client's name."),
  environment: optional(oneOrMany(text), "Glob over the config's environment."),
  annotations: optional(toolHints, "The tool's hints. They are claims of the server."),
  input: optional(
    z.record(z.string(), conditionSchema),
    'Argument path ($.a.b, $.list[0], $.list[*].name) to conditions.',
  ),
  claims: optional(
    z.record(z.string(), conditionSchema),
    "Path into the claims of the caller's verified token ($.team, $.groups[*]) to conditions.",
  ),
  scopes: optional(
    z.union([
      oneOrMany(text),
      z
        .strictObject({
          all: optional(oneOrMany(text), 'The caller has all of these scopes.'),
          missing: optional(oneOrMany(text), 'The caller lacks at least one of these scopes.'),
        })
        .check(z.refine((value) => Object.keys(value).length > 0, { error: 'expected all or missing' })),
    ]),
    "Glob over the scopes of the caller's verified token; one that matches is enough. Or all, or missing.",
  ),
  any: optional(
    z
      .array(z.lazy(() => matchSchema))
      .check(z.minLength(1, { error: 'the list is empty, so it can match nothing' })),
    'At least one of these must match.',
  ),
  not: optional(
    z.lazy(() => matchSchema),
    'What is in here must not match.',
  ),
});
descriptions.add(matchSchema, {
  id: 'match',
  description:
    'What a rule applies to; all members that are given must hold. An empty match applies to everything.',
});

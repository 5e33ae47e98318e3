import * as z from 'zod/mini';
import { UPSTREAM_START_MS_MAX } from '../platform/bounds.js';
import { secretFault } from '../platform/secret-fault.js';
import { durationMs } from '../platform/units.js';
import { DEFAULTS } from './defaults.js';
import {
  described,
  duration,
  flag,
  httpUrl,
  json,
  name,
  oneOrMany,
  optional,
  port,
  text,
  word,
} from './schema-values.js';

const variables = z.record(z.string(), z.string());

const hostName = z.string().check(
  z.regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(:\d{1,5})?$/, {
    error: 'expected a host such as guard.example.com or guard.example.com:8443; there are no wildcards',
  }),
);
const origin = z.string().check(
  z.regex(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#*]+$/, {
    error: 'expected an origin such as https://app.example.com; there are no wildcards',
  }),
);

const startDuration = duration.check(
  z.refine((value) => (durationMs(value) ?? 0) <= UPSTREAM_START_MS_MAX, {
    error: 'expected a duration of at most an hour',
  }),
);

/** The `upstreams` key. */
export const upstreamsSchema = z.array(
  z.strictObject({
    name: described(
      z.string().check(
        z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
          error: 'expected 1 to 64 letters, digits, _ or -, beginning with a letter or digit',
        }),
      ),
      'Name of the server in rules, records and tool names; unique.',
    ),
    transport: optional(
      word(['stdio', 'streamable-http', 'sse']),
      'How the server is reached. Default: stdio with command, streamable-http with url.',
    ),
    command: optional(text, 'Program of a stdio server.'),
    args: optional(z.array(z.string()), 'Arguments of the program.', []),
    env: optional(variables, 'Variables added to the environment of the program.'),
    cwd: optional(text, 'Folder in which the program runs.'),
    url: optional(httpUrl, 'Address of a remote server.'),
    headers: optional(variables, 'Headers sent to a remote server.'),
    namespaced: optional(
      flag,
      "Put the server's name in front of its tools' names.",
      DEFAULTS.upstream.namespaced,
    ),
    isolation: optional(
      word(['shared', 'session']),
      'One program for all clients, or one for each session.',
      DEFAULTS.upstream.isolation,
    ),
    start: optional(
      word(['lazy', 'eager']),
      'Start with the first request, or with guard.',
      DEFAULTS.upstream.start,
    ),
    start_timeout: optional(
      startDuration,
      'From the start of the server to the end of its handshake, at most an hour.',
      DEFAULTS.upstream.start_timeout,
    ),
    request_timeout: optional(
      duration,
      'How long a request may wait for its answer. Default: relay.request_timeout.',
    ),
    audit_log_arguments: optional(
      flag,
      'Record the arguments of calls to this server, redacted.',
      DEFAULTS.upstream.audit_log_arguments,
    ),
  }),
);

/** The `mcpServers` key: a client's own map, so unknown members are left alone. */
export const mcpServersSchema = z.record(
  z.string(),
  z.catchall(
    z.object({
      type: optional(text, "The client's word for the transport."),
      command: optional(text, 'Program of a stdio server.'),
      args: optional(z.array(z.string()), 'Arguments of the program.'),
      env: optional(variables, 'Variables added to the environment of the program.'),
      cwd: optional(text, 'Folder in which the program runs.'),
      url: optional(httpUrl, 'Address of a remote server.'),
      headers: optional(variables, 'Headers sent to a remote server.'),
    }),
    json,
  ),
);

/** The `listen` key. */
export const listenSchema = z.strictObject({
  host: optional(text, 'Address that agents connect to.', DEFAULTS.listen.host),
  port: optional(port, 'Port that agents connect to.', DEFAULTS.listen.port),
  allowed_hosts: optional(
    z.array(hostName),
    'Host headers that are answered beside the address itself: a name, or a name with its port.',
    [],
  ),
  allowed_origins: optional(z.array(origin), 'Origins of web pages that are answered.', []),
  legacy_sse: optional(
    flag,
    'Serve clients of the older HTTP+SSE transport too.',
    DEFAULTS.listen.legacy_sse,
  ),
  separator: optional(
    z
      .string()
      .check(z.regex(/^[A-Za-z0-9_.:/-]{1,8}$/, { error: 'expected 1 to 8 letters, digits, _ . : / or -' })),
    "What stands between a server's name and a tool's; several clients refuse names with : . or /.",
    DEFAULTS.listen.separator,
  ),
  public_url: optional(
    httpUrl,
    'Base address that agents know, where it is another than host and port. Default: made from host and port.',
  ),
  metrics: optional(
    word(['identified', 'everyone', 'nobody']),
    'Who may read /metrics: whom identity knows, everybody, nobody.',
    DEFAULTS.listen.metrics,
  ),
});

const scopes = z.array(
  z.string().check(
    z.regex(/^[\u0021\u0023-\u005b\u005d-\u007e]{1,256}$/, {
      error: 'expected a scope: up to 256 characters without spaces, quotes and backslashes',
    }),
  ),
);

/** The `identity` key. */
export const identitySchema = z.strictObject({
  issuer: optional(httpUrl, 'OIDC issuer whose tokens are accepted.'),
  audience: optional(
    oneOrMany(text),
    'Audience that a token must be made for, or several of which one is enough. Default: guard with dev_mode, else none.',
  ),
  agent_claim: optional(name, "The claim that holds the agent's name.", DEFAULTS.identity.agent_claim),
  jwks_uri: optional(httpUrl, "Address of the issuer's keys; its discovery document is not asked then."),
  required_scopes: optional(scopes, 'Scopes that every token must have.', []),
  scopes_supported: optional(
    scopes,
    'Scopes that the metadata tells clients of. Default: identity.required_scopes.',
  ),
  allow_anonymous: optional(
    flag,
    'Let agents be anonymous where other machines can connect, if neither issuer nor dev_mode is set.',
    DEFAULTS.identity.allow_anonymous,
  ),
  dev_mode: optional(
    z.strictObject({
      enabled: optional(
        flag,
        'Accept tokens that guard minted itself. Never together with an issuer.',
        false,
      ),
      secret: optional(
        z.string().check(z.minLength(32, { error: 'expected a secret of at least 32 characters' })),
        'Key of the tokens.',
      ),
    }),
    'Tokens for development, minted with guard token mint.',
  ),
});

/** The `dashboard` key. */
export const dashboardSchema = z.strictObject({
  enabled: optional(flag, 'Serve the dashboard.', DEFAULTS.dashboard.enabled),
  host: optional(text, "The dashboard's own address.", DEFAULTS.dashboard.host),
  port: optional(port, "The dashboard's own port.", DEFAULTS.dashboard.port),
  public_url: optional(
    httpUrl,
    'Where browsers reach the dashboard, such as https://guard.example.com, if a proxy stands before it.',
  ),
  api_secret: optional(
    z.string().check(
      z.refine((secret) => secretFault(secret) === undefined, {
        error: ({ input }) => secretFault(String(input)) ?? 'expected a secret',
      }),
    ),
    'What a person signs in with: at least 32 characters, or sha256: and the digest of the secret.',
  ),
});

import * as z from 'zod/mini';
import { readSyslogAddress } from '../audit/anchors/syslog-address.js';
import { DETECTOR_TEXTS, DETECTORS, type Detector } from '../audit/redaction/detectors.js';
import { parseArgumentPath } from '../platform/argument-path.js';
import { AUDIT_ROTATION_BYTES_MIN } from '../platform/bounds.js';
import { messageOf } from '../platform/errors.js';
import { isLoopbackHost } from '../platform/loopback.js';
import { sizeBytes } from '../platform/units.js';
import { DEFAULTS } from './defaults.js';
import { described, duration, flag, optional, size, text, texts, word } from './schema-values.js';

const argumentPath = z.string().check(
  z.check((payload) => {
    try {
      parseArgumentPath(payload.value);
    } catch (error) {
      payload.issues.push({ code: 'custom', input: payload.value, message: messageOf(error) });
    }
  }),
);

/** A size that leaves room for some records of the largest kind. */
const rotationSize = size.check(
  z.refine((value) => (sizeBytes(value) ?? 0) >= AUDIT_ROTATION_BYTES_MIN, {
    error: 'expected a size of at least 64KiB',
  }),
);

/** A second place gets nothing that an eavesdropper could change unseen, unless it is this machine. */
const anchorUrl = z.string().check(
  z.refine(isPostAddress, {
    error:
      'expected a URL that begins with https://, or with http:// for this machine, without user and password',
  }),
);

function isPostAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

const anchor = z
  .strictObject({
    file: optional(text, 'A file elsewhere; each checkpoint is appended to it.'),
    syslog: optional(
      z.string().check(
        z.refine((value) => readSyslogAddress(value) !== undefined, {
          error: 'expected udp://host:port or tcp://host:port',
        }),
      ),
      'A syslog server, udp://host:port or tcp://host:port, that gets each checkpoint (RFC 5424).',
    ),
    webhook: optional(
      z.strictObject({
        url: described(anchorUrl, 'Where each checkpoint is posted: https, or http to this machine.'),
        secret: optional(
          z.string().check(z.minLength(16, { error: 'expected a secret of at least 16 characters' })),
          'Key that signs the posts.',
        ),
        headers: optional(z.record(z.string(), z.string()), 'Headers sent with each post.'),
      }),
      'An address to which each checkpoint is posted as JSON.',
    ),
  })
  .check(
    z.refine((value) => Object.keys(value).length > 0, {
      error: 'expected at least one of file, syslog and webhook',
    }),
  );

/** The `audit` key. */
export const auditSchema = z.strictObject({
  path: optional(
    text,
    "The audit log. Relative paths start at the config file's folder. Default: audit.jsonl in guard's state folder.",
  ),
  on_error: optional(
    word(['deny', 'allow']),
    'What happens to a call whose record cannot be written.',
    DEFAULTS.audit.on_error,
  ),
  fsync: optional(
    word(['always', 'interval', 'off']),
    'When records are forced to disk: before each call, once per second, or by the system.',
    DEFAULTS.audit.fsync,
  ),
  log_arguments: optional(flag, 'Record the arguments of calls, redacted.', DEFAULTS.audit.log_arguments),
  include_responses: optional(
    flag,
    'Record the answers of servers, redacted.',
    DEFAULTS.audit.include_responses,
  ),
  rotate: optional(
    z.strictObject({
      max_size: optional(
        z.union([word(['off']), rotationSize]),
        'Size that a file of the log may reach, at least 64KiB; off leaves it to others.',
        DEFAULTS.audit.rotate.max_size,
      ),
      max_age: optional(
        duration,
        'Age that a file of the log may reach, from its first record. Default: any.',
      ),
    }),
    'When guard begins a new file of the log and gives the old one a name with the time.',
  ),
  retention: optional(
    duration,
    'How long records are kept: rotated files are removed when all of theirs are older.',
    DEFAULTS.audit.retention,
  ),
  redact: optional(
    z.strictObject({
      paths: optional(
        z.array(argumentPath),
        'Places in arguments and results that are never recorded, as in conditions: $.user.ssn, $.rows[*].email.',
        [],
      ),
      detectors: optional(
        z.strictObject(
          Object.fromEntries(
            DETECTORS.map((name) => [name, optional(flag, DETECTOR_TEXTS[name], true)]),
          ) as Record<Detector, z.ZodMiniExactOptional<typeof flag>>,
        ),
        'What is looked for; false switches a detector off.',
      ),
    }),
    'What is taken out of recorded arguments and answers.',
  ),
  anchor: optional(
    anchor,
    'Second places for checkpoints, so that a cut-off log shows: guard audit verify --anchor.',
  ),
  sinks: optional(
    z
      .array(
        z.strictObject({
          type: described(
            word(['file', 'stdout']),
            'file: the audit log; stdout: one line per record, for guard serve only.',
          ),
          path: optional(text, 'A further file for a sink of type file. Default: audit.path.'),
        }),
      )
      .check(z.minLength(1, { error: 'expected at least one sink' })),
    'Where records go.',
    [{ type: 'file' }],
  ),
});

/** The `tracing` key. */
export const tracingSchema = z.strictObject({
  otlp: optional(
    z.strictObject({
      endpoint: described(
        z.string().check(
          z.refine((value) => URL.canParse(value) && /^https?:\/\/[^@]+$/.test(value), {
            error: 'expected a URL that begins with http:// or https://, without user and password',
          }),
        ),
        'Address of the collector: its base, or the whole address that ends with /v1/traces.',
      ),
      headers: optional(z.record(z.string(), z.string()), 'Headers sent to the collector.'),
    }),
    'Send a span for each request to an OpenTelemetry collector, as OTLP over HTTP with JSON.',
  ),
});

/** The `relay` key. */
export const relaySchema = z.strictObject({
  request_timeout: optional(
    duration,
    'How long a request may wait for its answer.',
    DEFAULTS.relay.request_timeout,
  ),
  max_client_frame: optional(
    size,
    'Largest message from the client, at most 512MiB.',
    DEFAULTS.relay.max_client_frame,
  ),
  max_server_frame: optional(
    size,
    'Largest message from the server, at most 512MiB.',
    DEFAULTS.relay.max_server_frame,
  ),
});

/** The `log` key. */
export const logSchema = z.strictObject({
  level: optional(
    word(['debug', 'info', 'warn', 'error']),
    'The least serious notes that are shown.',
    DEFAULTS.log.level,
  ),
  format: optional(word(['text', 'json']), 'Form of notes on stderr.', DEFAULTS.log.format),
});

/** The `state` key. */
export const stateSchema = z.strictObject({
  store: optional(
    z.string().check(
      z.regex(/^(file|rediss?:\/\/\S+)$/, {
        error: 'expected file, or a URL that begins with redis:// or rediss://',
      }),
    ),
    'Where limits and budgets are kept: file, or the URL of a Redis or Valkey server.',
    DEFAULTS.state.store,
  ),
});

/** The `self_protection` key. */
export const selfProtectionSchema = z.strictObject({
  enabled: optional(
    flag,
    "Deny calls whose arguments touch guard's own files or the client config files that start guard. A project file cannot switch it off.",
    DEFAULTS.self_protection.enabled,
  ),
  paths: optional(texts, 'Further files or folders to protect. The lists of all layers add up.', []),
});

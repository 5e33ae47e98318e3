/**
 * Every default of the config file, in the words of the config file. The schema tells editors of
 * them, settings.ts and policy-source.ts apply them, docs/configuration.md lists them.
 */
export const DEFAULTS = {
  mode: 'enforce',
  policies: {
    default: 'allow',
    hide_denied: true,
    unknown_methods: 'allow',
    unlisted_tools: 'deny',
    denials: 'result',
    on_tool_drift: 'block',
  },
  rule: { requires_success: true },
  limits: { key: 'tool', refund_on_error: false, numeric_strings: false },
  budget: { key: 'global', on_exceed: 'deny' },
  approval: {
    timeout: '5m',
    default_on_timeout: 'deny',
    remember: 'never',
    retry_window: '10m',
    callback: { host: '127.0.0.1', port: 0 },
    slack_api_url: 'https://slack.com/api/',
  },
  audit: {
    on_error: 'deny',
    fsync: 'interval',
    log_arguments: false,
    include_responses: false,
    rotate: { max_size: '256MiB' },
    retention: '90d',
  },
  relay: { request_timeout: '1h', max_client_frame: '10MiB', max_server_frame: '64MiB' },
  upstream: {
    namespaced: true,
    isolation: 'shared',
    start: 'lazy',
    start_timeout: '45s',
    audit_log_arguments: false,
  },
  identity: { agent_claim: 'sub', allow_anonymous: false },
  listen: { host: '127.0.0.1', port: 7474, legacy_sse: false, separator: '__', metrics: 'identified' },
  dashboard: { enabled: true, host: '127.0.0.1', port: 7475 },
  state: { store: 'file' },
  log: { level: 'info', format: 'text' },
  self_protection: { enabled: true },
} as const;

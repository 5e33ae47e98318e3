/** How strict a starter config is; `guard init --preset`. */
export const PRESETS = ['strict', 'balanced', 'observe'] as const;

/** The published servers that have starter rules, each in `examples/policies/<name>.yaml`. */
export const STARTER_SERVERS: readonly string[] = [
  'chrome-devtools',
  'everything',
  'fetch',
  'filesystem',
  'git',
  'github',
  'memory',
  'notion',
  'playwright',
  'postgres',
  'puppeteer',
  'sentry',
  'sequential-thinking',
  'slack',
  'sqlite',
  'stripe',
  'time',
];

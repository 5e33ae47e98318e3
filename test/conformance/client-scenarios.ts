import type { Revision } from './suite.js';

/** How a client reaches the suite's server: alone, through `guard serve`, through `guard --url`. */
export const ROUTES = ['direct', 'serve', 'wrap'] as const;
export type Route = (typeof ROUTES)[number];

/** The client scenarios that say something about guard, whether the revision scores them or not. */
export const CLIENT_SCENARIOS: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'json-schema-2020-12-preservation',
  ],
  '2026-07-28': [
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ],
};

/**
 * Those that cannot go through guard, by the beginning of their names. `auth/`: they watch how a client gets a
 * token for the suite's server. A client behind guard gets one for guard (test/gateway/identity); toward a
 * server guard sends the headers of its config, never what a caller sent, and is no OAuth client itself.
 */
export const NOT_THROUGH_GUARD: readonly string[] = ['auth/'];

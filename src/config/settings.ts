import type { RedactionSettings } from '../audit/redaction/redact.js';
import type { GuardPaths } from '../platform/paths.js';
import { redactionSettings } from './redaction-settings.js';
import { type AnchorSettings, anchorSettings } from './anchor-settings.js';
import { approvalSettings, type ApprovalSettings } from './approval-settings.js';
import { resolveFrom } from './canonical-path.js';
import { DEFAULTS } from './defaults.js';
import type { ConfigSource } from './schema.js';
import { rotationBounds, type RotationBounds } from './rotation-settings.js';
import { durationMs, sizeBytes } from '../platform/units.js';
import type { UpstreamDefinition } from '../upstream/definition.js';
import { upstreamDefinitions } from './upstreams.js';

/** Settings other than policy, merged, with defaults; times in milliseconds, sizes in bytes. */
export interface Settings {
  readonly environment: string | undefined;
  readonly denials: 'result' | 'error';
  readonly audit: AuditSettings;
  readonly relay: {
    readonly requestTimeoutMs: number;
    readonly clientFrameBytesMax: number;
    readonly serverFrameBytesMax: number;
  };
  readonly selfProtection: { readonly enabled: boolean; readonly paths: readonly string[] };
  readonly approval: ApprovalSettings;
  /** The servers behind guard serve, in the order in which they stand. */
  readonly upstreams: readonly UpstreamDefinition[];
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly format: 'text' | 'json' };
  /** Settings of the HTTP door, as the config file states them. */
  readonly sections: SectionSources;
}

interface AuditSettings {
  /** Absolute. */
  readonly path: string;
  readonly onError: 'deny' | 'allow';
  readonly fsync: 'always' | 'interval' | 'off';
  readonly logArguments: boolean;
  readonly includeResponses: boolean;
  readonly rotate: RotationBounds;
  readonly redact: RedactionSettings;
  readonly retentionMs: number;
  /** Where checkpoints go as well. */
  readonly anchor: AnchorSettings;
  readonly sinks: readonly { readonly type: 'file' | 'stdout'; readonly path?: string }[];
}

/** Sections that are taken whole from one file. */
const WHOLE_SECTIONS = [
  'approval',
  'upstreams',
  'mcpServers',
  'listen',
  'identity',
  'dashboard',
  'state',
  'tracing',
] as const;
type SectionSources = Pick<ConfigSource, (typeof WHOLE_SECTIONS)[number]>;

/** Root keys that count in a project file; `guard check` warns of the others. */
export const PROJECT_KEYS: readonly string[] = [
  '$schema',
  'version',
  'environment',
  'mode',
  'policies',
  'budgets',
  'evidence',
  'self_protection',
];

/** One layer's part in the settings. */
export interface SettingsLayer {
  readonly layer: 'system' | 'user' | 'project';
  /** Absolute; relative paths in the file start at its folder. */
  readonly file: string;
  readonly config: ConfigSource;
}

/**
 * What the system's file states holds; the user's file fills in the rest. Where a setting has an
 * order of strictness, the stricter of the two values counts, so the user can tighten what the
 * system states. Of a project's file only the paths of self-protection count here.
 */
export function mergeSettings(layers: readonly SettingsLayer[], paths: GuardPaths): Settings {
  const system = layers.find(({ layer }) => layer === 'system');
  const user = layers.find(({ layer }) => layer === 'user');
  const both = [system?.config, user?.config].filter((config) => config !== undefined);
  const first = <T>(pick: (config: ConfigSource) => T | undefined): T | undefined =>
    both.map(pick).find((value) => value !== undefined);
  const sections = mergeSections(both);
  const relay = mergeRelay(both);
  return {
    environment:
      user?.config.environment ??
      system?.config.environment ??
      layers.find(({ layer }) => layer === 'project')?.config.environment,
    denials: first((config) => config.policies?.denials) ?? DEFAULTS.policies.denials,
    audit: mergeAudit(both, [system, user], paths),
    relay,
    upstreams: upstreamDefinitions(
      [system, user].filter((layer) => layer !== undefined),
      relay.requestTimeoutMs,
    ),
    selfProtection: {
      enabled: first((config) => config.self_protection?.enabled) ?? DEFAULTS.self_protection.enabled,
      paths: layers.flatMap(({ config, file }) =>
        (config.self_protection?.paths ?? []).map((entry) => resolveFrom(file, entry)),
      ),
    },
    log: {
      // The person in front of the terminal decides how much is shown there.
      level: user?.config.log?.level ?? system?.config.log?.level ?? DEFAULTS.log.level,
      format: user?.config.log?.format ?? system?.config.log?.format ?? DEFAULTS.log.format,
    },
    sections,
    approval: approvalSettings(sections.approval, approversOf(both)),
  };
}

function mergeAudit(
  both: readonly ConfigSource[],
  layers: readonly (SettingsLayer | undefined)[],
  paths: GuardPaths,
): AuditSettings {
  const audits = both.map((config) => config.audit ?? {});
  const file = layers.find((layer) => layer?.config.audit?.path !== undefined);
  const sinks = layers.flatMap((layer) =>
    (layer?.config.audit?.sinks ?? []).map((sink) => ({
      ...sink,
      ...(sink.path === undefined || layer === undefined ? {} : { path: resolveFrom(layer.file, sink.path) }),
    })),
  );
  const stated = file?.config.audit?.path;
  return {
    path: file === undefined || stated === undefined ? paths.auditFile : resolveFrom(file.file, stated),
    onError:
      strictest(
        audits.map((audit) => audit.on_error),
        ['deny', 'allow'],
      ) ?? DEFAULTS.audit.on_error,
    fsync:
      strictest(
        audits.map((audit) => audit.fsync),
        ['always', 'interval', 'off'],
      ) ?? DEFAULTS.audit.fsync,
    logArguments: first(audits.map((audit) => audit.log_arguments)) ?? DEFAULTS.audit.log_arguments,
    includeResponses:
      first(audits.map((audit) => audit.include_responses)) ?? DEFAULTS.audit.include_responses,
    rotate: rotationBounds(audits),
    redact: redactionSettings(audits.map((audit) => audit.redact)),
    retentionMs: Math.max(
      ...amounts(
        audits.map((audit) => audit.retention),
        DEFAULTS.audit.retention,
        durationMs,
      ),
    ),
    anchor: anchorSettings(layers),
    sinks:
      sinks.length === 0
        ? [{ type: 'file' }]
        : sinks.filter((sink, index) => firstIndexOf(sinks, sink) === index),
  };
}

function mergeRelay(both: readonly ConfigSource[]): Settings['relay'] {
  const relays = both.map((config) => config.relay ?? {});
  const defaults = DEFAULTS.relay;
  return {
    requestTimeoutMs: Math.min(
      ...amounts(
        relays.map((relay) => relay.request_timeout),
        defaults.request_timeout,
        durationMs,
      ),
    ),
    clientFrameBytesMax: Math.min(
      ...amounts(
        relays.map((relay) => relay.max_client_frame),
        defaults.max_client_frame,
        sizeBytes,
      ),
    ),
    serverFrameBytesMax: Math.min(
      ...amounts(
        relays.map((relay) => relay.max_server_frame),
        defaults.max_server_frame,
        sizeBytes,
      ),
    ),
  };
}

/**
 * The approvers of the first file that names any. The rest of `approval` is taken whole from one file,
 * but a system's file that says nothing of approvers must not keep a user from asking for signatures.
 */
function approversOf(both: readonly ConfigSource[]): ApprovalSettings['approvers'] {
  return both.map((config) => config.approval?.approvers ?? []).find((named) => named.length > 0) ?? [];
}

function mergeSections(both: readonly ConfigSource[]): SectionSources {
  const sections: Partial<Record<(typeof WHOLE_SECTIONS)[number], unknown>> = {};
  for (const key of WHOLE_SECTIONS) {
    const section = first(both.map((config) => config[key]));
    if (section !== undefined) sections[key] = section;
  }
  return sections as SectionSources;
}

function first<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}

function strictest<T>(values: readonly (T | undefined)[], fromStrict: readonly T[]): T | undefined {
  return fromStrict.find((value) => values.includes(value));
}

function amounts<T>(
  values: readonly (T | undefined)[],
  fallback: T,
  read: (value: T) => number | undefined,
): number[] {
  const stated = values.filter((value) => value !== undefined);
  return (stated.length === 0 ? [fallback] : stated).map((value) => read(value) ?? 0);
}

function firstIndexOf(sinks: AuditSettings['sinks'], wanted: AuditSettings['sinks'][number]): number {
  return sinks.findIndex((sink) => sink.type === wanted.type && sink.path === wanted.path);
}

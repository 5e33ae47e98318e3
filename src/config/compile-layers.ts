import { homedir } from 'node:os';
import path from 'node:path';
import type { Mode } from '../platform/mode.js';
import type { Environment, GuardPaths } from '../platform/paths.js';
import { compileBudgets, type BudgetLayer, type CompiledBudgets } from '../limits/budget.js';
import { compileEvidence, type CompiledEvidence, type EvidenceLayer } from '../limits/evidence.js';
import { compilePolicy } from '../policy/compile.js';
import type { LayerSource } from '../policy/compile.js';
import type { CompiledPolicy } from '../policy/compiled.js';
import type { PolicyMistake } from '../policy/mistakes.js';
import type { PolicyPorts } from '../policy/ports.js';
import type { MatchSource } from '../policy/source.js';
import { canonicalPath } from './canonical-path.js';
import type { Secrets } from './interpolate.js';
import { joinSecrets } from './interpolate.js';
import type { LayerFile, LayerFiles } from './layers.js';
import type { FileLayer } from './locate.js';
import type { Mistake } from './mistakes.js';
import { pathText, sortedMistakes } from './mistakes.js';
import { placed, withoutSecrets } from './place.js';
import { rememberPaths } from './path-memory.js';
import { policySourceOf } from './policy-source.js';
import { protectedPaths } from './protected-paths.js';
import { loadRegexCompiler } from './regex.js';
import { PLACEHOLDER_RULE } from './placeholder.js';
import type { Settings } from './settings.js';
import { mergeSettings } from './settings.js';
import { upstreamMistakesAcross } from './upstream-mistakes.js';

/** Where to look, and how strictly to take what is found. */
export interface LoadOptions {
  readonly cwd: string;
  readonly env: Environment;
  /** The file that `--config` names; it takes the place of the user's and the project's file. */
  readonly configFile?: string | undefined;
  /** User and project layers observe only; the system layer is not affected. */
  readonly observe?: boolean | undefined;
  /** User and project layers are tried dry, so that no governed call passes; denials of the system layer stay. */
  readonly dryRun?: boolean | undefined;
  /** Absolute; a log that the command line names in place of `audit.path`. It is protected too. */
  readonly auditFile?: string | undefined;
  readonly paths: GuardPaths;
}

/** One layer in force, as session records name it. */
interface LoadedLayer {
  readonly layer: FileLayer;
  readonly path: string;
  readonly digest: string;
  readonly mode: Mode;
  /** Rules in the layer. */
  readonly rules: number;
}

/** All that one file tells of policy. */
type Layers = LayerSource & BudgetLayer & EvidenceLayer;

/** Everything that config files state, compiled and ready. Frozen in use: a reload makes a new one. */
export interface LoadedConfig {
  readonly layers: readonly LoadedLayer[];
  /** dry_run where one layer is tried dry, since then no call passes; enforce where at least one enforces. */
  readonly mode: Mode;
  readonly settings: Settings;
  readonly policy: CompiledPolicy;
  readonly budgets: CompiledBudgets;
  readonly evidence: CompiledEvidence;
  readonly secrets: Secrets;
  /** Absolute paths of all files that are or could become a layer. */
  readonly watchFiles: readonly string[];
  /** One line each, for stderr. */
  readonly notes: readonly string[];
}

/** A config whole, or all that is wrong with it. */
export type LoadResult =
  | { readonly ok: true; readonly config: LoadedConfig; readonly files: LayerFiles }
  | { readonly ok: false; readonly mistakes: readonly Mistake[]; readonly files: LayerFiles };

/** Settings and policy of the validated layers, or every mistake in them. */
export async function compileLayers(files: LayerFiles, options: LoadOptions): Promise<LoadResult> {
  const sources = layerSources(files.files, options);
  const settings = settingsOf(files.files, options.paths);
  const compileRegex = await loadRegexCompiler(sources.flatMap(matchesOf));
  const home = homedir();
  const resolvePath = rememberPaths((text, baseDir) => canonicalPath(text, baseDir, home));
  const ports: PolicyPorts = { compileRegex, canonicalPath: resolvePath };
  const budgets = compileBudgets(sources, ports);
  const evidence = compileEvidence(sources, ports);
  const compiled = compilePolicy(
    sources,
    ports,
    settings.selfProtection.enabled
      ? { paths: protectedPathsOf(files, settings, options), baseDir: options.cwd }
      : undefined,
  );
  const mistakes = [
    ...files.files.flatMap((file) => file.mistakes),
    ...upstreamMistakesAcross(files.files),
    ...[compiled, budgets, evidence].flatMap((result) =>
      result.ok ? [] : result.mistakes.flatMap((mistake) => compileMistake(mistake, files.files)),
    ),
  ];
  if (mistakes.length > 0 || !compiled.ok || !budgets.ok || !evidence.ok)
    return { ok: false, mistakes: sortedMistakes(mistakes), files };

  const layers = files.files.map((file): LoadedLayer => {
    const { layer, path, digest, config } = file;
    return { layer, path, digest, mode: modeOf(file, options), rules: config?.policies?.rules?.length ?? 0 };
  });
  return {
    ok: true,
    files,
    config: {
      layers,
      mode: modeOfAll(sources),
      settings,
      policy: compiled.policy,
      budgets: budgets.budgets,
      evidence: evidence.evidence,
      secrets: joinSecrets(files.files.map(({ secrets }) => secrets)),
      watchFiles: files.located.candidates,
      notes: [...files.located.notes, ...notesOf(modeOfAll(sources), layers.length === 0)],
    },
  };
}

const NOTHING_FOUND =
  'no config file found: calls are recorded, not blocked (guard init writes a starter file)';
const NOTHING_PASSES = 'dry run: no governed call reaches the server, each is told what would have happened';

function notesOf(mode: Mode, isEmpty: boolean): string[] {
  if (mode === 'dry_run') return [NOTHING_PASSES];
  return isEmpty ? [NOTHING_FOUND] : [];
}

function modeOfAll(sources: readonly Layers[]): Mode {
  const modes = sources.map(({ mode }) => mode);
  return (['dry_run', 'enforce'] as const).find((mode) => modes.includes(mode)) ?? 'observe';
}

function settingsOf(files: readonly LayerFile[], paths: GuardPaths): Settings {
  const layers = files.flatMap(({ layer, path: file, config }) =>
    config === undefined ? [] : [{ layer, file, config }],
  );
  return mergeSettings(layers, paths);
}

/** With no file at all the defaults are observed or tried, so that records show what a config would do. */
function layerSources(files: readonly LayerFile[], options: LoadOptions): Layers[] {
  const none = { policy: policySourceOf(undefined), budgets: [], evidence: [] };
  const empty = { layer: 'user', environment: undefined, baseDir: options.cwd, ...none } as const;
  if (files.length === 0) return [{ ...empty, mode: options.dryRun === true ? 'dry_run' : 'observe' }];
  const sources = files.map((file): Layers => ({
    layer: file.layer,
    mode: modeOf(file, options),
    environment: file.environment,
    baseDir: path.dirname(file.path),
    policy: policySourceOf(file.config),
    budgets: file.config?.budgets ?? [],
    evidence: file.config?.evidence ?? [],
  }));
  // The system layer stays in force, so it cannot be what keeps calls from passing.
  const isUntried = options.dryRun === true && sources.every(({ layer }) => layer === 'system');
  return isUntried ? [...sources, { ...empty, mode: 'dry_run' }] : sources;
}

function matchesOf({ policy, budgets, evidence }: Layers): MatchSource[] {
  const contributors = budgets.flatMap((budget) => budget.contributors);
  return [...policy.rules, ...contributors, ...evidence].map(({ match }) => match);
}

function modeOf(file: LayerFile, options: LoadOptions): Mode {
  if (options.dryRun === true && file.layer !== 'system') return 'dry_run';
  if (options.observe === true && file.layer !== 'system') return 'observe';
  return file.config?.mode ?? 'enforce';
}

function protectedPathsOf(files: LayerFiles, settings: Settings, options: LoadOptions): string[] {
  const { cwd, env, paths } = options;
  const sinks = settings.audit.sinks.flatMap((sink) => (sink.path === undefined ? [] : [sink.path]));
  const { file } = settings.audit.anchor;
  const anchors = file === undefined ? [] : [file];
  const auditFiles = [options.auditFile ?? settings.audit.path, ...sinks, ...anchors];
  return protectedPaths({
    cwd,
    env,
    paths,
    located: files.located,
    auditFiles,
    further: settings.selfProtection.paths,
  });
}

/** Limits that lack what was cut out of them, because it is a mistake itself. */
function isFollowUp({ path: place, message }: PolicyMistake, others: readonly Mistake[]): boolean {
  const limits = place.indexOf('limits');
  if (limits === -1 || !message.includes(' needs ')) return false;
  const block = pathText(place.slice(0, limits + 1));
  return others.some((other) => other.path.startsWith(`${block}.`));
}

/** A mistake that the compiler found, at its place in the layer's file. */
function compileMistake(mistake: PolicyMistake, files: readonly LayerFile[]): Mistake[] {
  const file = files.find(({ layer }) => layer === mistake.layer);
  if (file === undefined || mistake.message.includes(PLACEHOLDER_RULE)) return [];
  if (isFollowUp(mistake, file.mistakes)) return [];
  return [withoutSecrets(placed(mistake, file.path, file.locate), file.secrets)];
}

import type { LoadOptions, LoadResult } from '../../config/load.js';
import type { GuardPaths } from '../../platform/paths.js';
import type { ClientWorld } from '../clients/client-world.js';
import type { ClientSurvey } from '../clients/survey-clients.js';
import type { Tools } from '../command.js';

/** One thing that was looked at. */
export interface DoctorFinding {
  /** `problem`: guard or a server will not work as configured. `warning`: it will, perhaps not as meant. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
}

/** What checks look at. */
export interface DoctorContext {
  readonly tools: Tools;
  readonly paths: GuardPaths;
  readonly load: LoadOptions;
  /** The config as it was read; undefined where no file could be read at all. */
  readonly config: LoadResult | undefined;
  /** Whether servers may be started for a look. */
  readonly startsServers: boolean;
  /** The servers of all clients. */
  readonly clients: ClientSurvey;
  readonly world: ClientWorld;
  /** Whether guarded servers of clients may be started, as their clients would. */
  readonly startsClients: boolean;
}

/** One check. What it throws becomes a finding. */
export interface DoctorCheck {
  /** One word, as the first column shows it. */
  readonly name: string;
  run(context: DoctorContext): Promise<readonly DoctorFinding[]> | readonly DoctorFinding[];
}

/** A finding that all is well. */
export function fine(message: string): DoctorFinding {
  return { status: 'ok', message };
}

/** A finding that needs somebody, with what to do. */
export function problem(message: string, hint?: string): DoctorFinding {
  return hint === undefined ? { status: 'problem', message } : { status: 'problem', message, hint };
}

/** A finding that somebody should know of. */
export function warning(message: string, hint?: string): DoctorFinding {
  return hint === undefined ? { status: 'warning', message } : { status: 'warning', message, hint };
}

import type { Environment } from '../../platform/paths.js';
import type { Platform } from '../table/client.js';

/** The machine as the search for config files sees it. */
export interface FileWorld {
  readonly platform: Platform;
  /** Absolute. */
  readonly home: string;
  readonly env: Environment;
  /** The folder of the project. */
  readonly project: string;
  /** The user of this process; undefined where files have no owners. */
  readonly user: number | undefined;
}

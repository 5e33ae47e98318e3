import { KnownSecrets } from '../audit/redaction/known-secrets.js';
import { createMask, type Mask } from '../audit/redaction/mask.js';
import { createRedaction, type Redact } from '../audit/redaction/redact.js';
import type { LoadedConfig } from '../config/load.js';
import { configSecrets, environmentSecrets } from '../config/secret-values.js';
import type { Environment } from '../platform/paths.js';
import type { ShownText } from './shown-text.js';

/** What this process knows and must not write: to records, notes, logs or denials. */
export class SecretsInForce {
  readonly known: KnownSecrets;
  readonly mask: Mask;

  /** Begins with what the environment's names announce; those of a config are learned with `learn`. */
  constructor(env: Environment) {
    this.known = new KnownSecrets(environmentSecrets(env));
    this.mask = createMask(this.known);
  }

  /** The same, hidden from now on in all that passes there. */
  static hiddenFrom(shown: ShownText, env: Environment): SecretsInForce {
    const secrets = new SecretsInForce(env);
    shown.mask = secrets.mask;
    return secrets;
  }

  /** Adds the secrets of a config; those of earlier ones stay. */
  learn(config: LoadedConfig): void {
    this.known.learn(configSecrets(config));
  }

  /** Redaction of recorded content as the config asks for it. */
  redaction(config: LoadedConfig): Redact {
    return createRedaction(this.known, config.settings.audit.redact);
  }
}

import type { WebhookSettings } from '../audit/anchors/webhook.js';
import { resolveFrom } from './canonical-path.js';
import type { SettingsLayer } from './settings.js';

/** Where heads of the log go as well. */
export interface AnchorSettings {
  /** Absolute. */
  readonly file: string | undefined;
  /** `udp://host:port` or `tcp://host:port`. */
  readonly syslog: string | undefined;
  readonly webhook: WebhookSettings | undefined;
}

/** One of each kind: what the system's file names stays, and the user's may add the other kinds. */
export function anchorSettings(layers: readonly (SettingsLayer | undefined)[]): AnchorSettings {
  const files = layers.map((layer) => {
    const file = layer?.config.audit?.anchor?.file;
    return layer === undefined || file === undefined ? undefined : resolveFrom(layer.file, file);
  });
  const anchors = layers.map((layer) => layer?.config.audit?.anchor);
  return {
    file: files.find(isStated),
    syslog: anchors.map((anchor) => anchor?.syslog).find(isStated),
    webhook: anchors.map((anchor) => anchor?.webhook).find(isStated),
  };
}

function isStated<T>(value: T | undefined): value is T {
  return value !== undefined;
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULTS } from '../config/defaults.js';
import type { Settings } from '../config/settings.js';

/** What the `dashboard` key says, with defaults. */
export function dashboardSettings({ dashboard = {} }: Settings['sections']) {
  return {
    enabled: dashboard.enabled ?? DEFAULTS.dashboard.enabled,
    host: dashboard.host ?? DEFAULTS.dashboard.host,
    port: dashboard.port ?? DEFAULTS.dashboard.port,
    publicUrl: dashboard.public_url,
    secret: dashboard.api_secret,
  };
}

/** Folders above this file that are looked in: the sources and the bundle lie at different depths. */
const LEVELS = 4;

/** The folder of the page's files, which lies beside the bundle. */
export function dashboardAssets(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS; level++) {
    for (const place of [path.join(folder, 'dashboard'), path.join(folder, 'dist/dashboard')]) {
      if (existsSync(path.join(place, 'index.html'))) return place;
    }
    folder = path.dirname(folder);
  }
  return path.join(path.dirname(fileURLToPath(import.meta.url)), 'dashboard');
}

import type { LayerLocation, Located } from './locate.js';
import { mentionedSecrets } from './interpolate.js';
import { readConfigText } from './read-file.js';

/** One layer's file, read but not looked into. */
export interface LayerDraft {
  readonly location: LayerLocation;
  readonly text: string;
  /** `sha256:` and the hex digest of the file's bytes. */
  readonly digest: string;
}

/**
 * Reads the files of the layers that were found. Throws GuardError config-insecure or
 * config-invalid for files that cannot be read.
 */
export function draftLayers(located: Located): LayerDraft[] {
  return located.layers.map(draftLayer);
}

/** Reads one layer's file, as above. */
export function draftLayer(location: LayerLocation): LayerDraft {
  return { location, ...readConfigText(location.path, location.trust) };
}

/** The variables that the texts mention and that are not the server's to see. */
export function secretsOf(drafts: readonly LayerDraft[]): Set<string> {
  return new Set(
    drafts.flatMap(({ location, text }) => (location.layer === 'project' ? [] : mentionedSecrets(text))),
  );
}

import { textDigest } from '../platform/text-digest.js';
import type { LayerName } from './decision.js';

/** What all marks of evidence begin with. */
const EVIDENCE = 'evidence';
/** In the place of a layer: a person or a script put it in, for the rules of all layers. */
const BY_HAND = '-';

/**
 * The mark of evidence that a layer's own config tells of. It counts for the rules of that layer only,
 * so that a project's file cannot put in what the user's own rules require; projects share none.
 */
export function evidenceKey(name: string, layer: LayerName, folder: string): string {
  const scope = layer === 'project' ? `project:${textDigest(folder)}` : layer;
  return `${EVIDENCE} ${scope} ${name}`;
}

/** The mark of evidence that was put in by hand. */
export function handKey(name: string): string {
  return `${EVIDENCE} ${BY_HAND} ${name}`;
}

/** What a mark says, where it is one of evidence. */
export function readEvidenceKey(key: string): { readonly name: string; readonly from: string } | undefined {
  const [kind, scope, name, ...more] = key.split(' ');
  if (kind !== EVIDENCE || scope === undefined || name === undefined || more.length > 0) return undefined;
  return { name, from: scope === BY_HAND ? 'hand' : (scope.split(':')[0] ?? scope) };
}

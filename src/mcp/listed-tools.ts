import type { Catalog } from './catalog.js';
import type { ToolHints } from './hints.js';

/** A tool as a server's list showed it. */
export interface ListedTool {
  readonly name: string;
  readonly hints: ToolHints;
  readonly standing: 'listed' | 'drifted';
}

/** The tools that a server lists now, in the order in which they were first seen. */
export function listedTools(catalog: Pick<Catalog, 'names' | 'standing' | 'hints'>): ListedTool[] {
  return [...catalog.names()].flatMap((name) => {
    const standing = catalog.standing(name);
    return standing === 'listed' || standing === 'drifted'
      ? [{ name, hints: catalog.hints(name), standing }]
      : [];
  });
}

import { createHash } from 'node:crypto';
import { CATALOG_LISTINGS_MAX, CATALOG_PAGES_MAX, CATALOG_TOOLS_MAX } from '../platform/bounds.js';
import { canonicalJson } from '../platform/canonical-json.js';
import { isJsonObject, member, type JsonObject, type JsonValue } from '../platform/json.js';
import { DEFAULT_HINTS, readHints, type ToolHints } from './hints.js';

/** What the catalog knows of the tool that a call names. */
export type ToolStanding =
  /** No complete list was seen yet, or the server said that its list changed. */
  | 'unknown'
  /** On the server's list, with the definition that was first seen. */
  | 'listed'
  /** A complete list was seen and the tool is not on it. */
  | 'unlisted'
  /** On the list, but its definition changed after it was first seen, or it is listed twice. */
  | 'drifted';

/** A tool whose definition is not the one that was first seen. */
export interface Drift {
  readonly tool: string;
  /** Members of the definition that changed; `duplicate` when the name is listed twice. */
  readonly aspects: readonly string[];
}

interface KnownTool {
  /** The first definition. */
  readonly digests: ReadonlyMap<string, string>;
  /** The definition that was listed last. */
  latest: ReadonlyMap<string, string>;
  readonly hints: ToolHints;
  drift: Drift | undefined;
}

interface Listing {
  readonly names: Set<string>;
  /** Whether every page from the first one on was seen. */
  readonly whole: boolean;
  pages: number;
}

/**
 * The tools of one server as its lists showed them. The first definition of a tool is the
 * baseline for as long as guard runs, also when the tool goes away for a while.
 */
export class Catalog {
  readonly #tools = new Map<string, KnownTool>();
  readonly #listings = new Map<string, Listing>();
  #complete: ReadonlySet<string> | null = null;

  /** Takes one page of tools/list in; returns the tools whose definition drifted on this page. */
  observePage(cursor: string | undefined, result: JsonObject): Drift[] {
    const listing = this.#listing(cursor);
    const tools = member(result, 'tools');
    const drifts: Drift[] = [];
    for (const tool of Array.isArray(tools) ? tools : []) {
      const drift = isJsonObject(tool) ? this.#learn(tool, listing) : undefined;
      if (drift !== undefined) drifts.push(drift);
    }
    const next = member(result, 'nextCursor');
    if (typeof next !== 'string') this.#complete = listing.whole ? listing.names : this.#complete;
    else if (listing.pages < CATALOG_PAGES_MAX) this.#remember(next, listing);
    return drifts;
  }

  /** The server said that its tools changed: what is not listed is unknown until the next list. */
  markStale(): void {
    this.#complete = null;
    this.#listings.clear();
  }

  /** Every tool that was listed since guard started, in the order in which they were first seen. */
  names(): Iterable<string> {
    return this.#tools.keys();
  }

  standing(name: string): ToolStanding {
    const tool = this.#tools.get(name);
    if (tool?.drift !== undefined) return 'drifted';
    if (this.#complete === null) return tool === undefined ? 'unknown' : 'listed';
    return this.#complete.has(name) ? 'listed' : 'unlisted';
  }

  /** The tool's hints; the protocol's defaults where it is unknown or its definition is not trusted. */
  hints(name: string): ToolHints {
    const tool = this.#tools.get(name);
    return tool === undefined || tool.drift !== undefined ? DEFAULT_HINTS : tool.hints;
  }

  /** How a tool's definition differs from the first one, if it does. */
  drift(name: string): Drift | undefined {
    return this.#tools.get(name)?.drift;
  }

  /** `sha256:` and a digest of the definition that was listed last; null for a tool that was not. */
  definition(name: string): string | null {
    const digests = this.#tools.get(name)?.latest;
    if (digests === undefined) return null;
    return `sha256:${createHash('sha256')
      .update(canonicalJson(Object.fromEntries(digests)))
      .digest('hex')}`;
  }

  #listing(cursor: string | undefined): Listing {
    const open = cursor === undefined ? undefined : this.#listings.get(cursor);
    if (cursor !== undefined) this.#listings.delete(cursor);
    const listing = open ?? { names: new Set<string>(), whole: cursor === undefined, pages: 0 };
    listing.pages++;
    return listing;
  }

  #remember(cursor: string, listing: Listing): void {
    if (this.#listings.size >= CATALOG_LISTINGS_MAX) {
      const oldest = this.#listings.keys().next();
      if (oldest.done !== true) this.#listings.delete(oldest.value);
    }
    this.#listings.set(cursor, listing);
  }

  #learn(definition: JsonObject, listing: Listing): Drift | undefined {
    const name = member(definition, 'name');
    if (typeof name !== 'string') return undefined;
    const digests = digestsOf(definition);
    const known = this.#tools.get(name);
    const twice = listing.names.has(name);
    listing.names.add(name);
    if (known === undefined) {
      if (this.#tools.size < CATALOG_TOOLS_MAX) {
        this.#tools.set(name, { digests, latest: digests, hints: readHints(definition), drift: undefined });
      }
      return undefined;
    }
    known.latest = digests;
    const aspects = twice ? ['duplicate'] : changedMembers(known.digests, digests);
    known.drift = aspects.length === 0 ? undefined : { tool: name, aspects };
    return known.drift;
  }
}

/** A digest per member of the definition, so that drift can say what changed. */
function digestsOf(definition: JsonObject): Map<string, string> {
  const digests = new Map<string, string>();
  for (const key of Object.keys(definition)) {
    const text = canonicalJson(definition[key] as JsonValue);
    digests.set(key, createHash('sha256').update(text).digest('base64'));
  }
  return digests;
}

function changedMembers(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const changed: string[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key)) changed.push(key);
  }
  return changed;
}

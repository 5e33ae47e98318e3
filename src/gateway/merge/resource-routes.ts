import { GATEWAY_NAMES_MAX } from '../../platform/bounds.js';

export interface ResourceRoutesOptions {
  /** Told once of a resource that is left out, since another server has the same address. */
  readonly onCollision: (uri: string, first: string, second: string) => void;
}

/**
 * Which server has which resource. Addresses are not rewritten, since models read them in texts;
 * where two servers list the same one, the first that listed it keeps it.
 */
export class ResourceRoutes {
  readonly #options: ResourceRoutesOptions;
  readonly #exact = new Map<string, string>();
  readonly #templates = new Map<string, { readonly upstream: string; readonly literal: string }>();
  readonly #reported = new Set<string>();

  constructor(options: ResourceRoutesOptions) {
    this.#options = options;
  }

  /** Takes in what a server listed; false where another server has it already. */
  learn(kind: 'uri' | 'uriTemplate', uri: string, upstream: string): boolean {
    const first = kind === 'uri' ? this.#exact.get(uri) : this.#templates.get(uri)?.upstream;
    if (first !== undefined && first !== upstream) {
      this.#report(uri, first, upstream);
      return false;
    }
    if (this.#exact.size + this.#templates.size >= GATEWAY_NAMES_MAX) return first !== undefined;
    if (kind === 'uri') this.#exact.set(uri, upstream);
    else this.#templates.set(uri, { upstream, literal: literalOf(uri) });
    return true;
  }

  /** The server that listed the address, or whose template begins like it: the longest beginning wins. */
  find(uri: string): string | undefined {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return exact;
    let best: { readonly upstream: string; readonly literal: string } | undefined;
    for (const template of this.#templates.values()) {
      if (!uri.startsWith(template.literal)) continue;
      if (best === undefined || template.literal.length > best.literal.length) best = template;
    }
    return best?.upstream;
  }

  /** Forgets the resources of a server that is gone from the config. */
  forget(upstream: string): void {
    for (const [uri, owner] of this.#exact) if (owner === upstream) this.#exact.delete(uri);
    for (const [uri, owner] of this.#templates) if (owner.upstream === upstream) this.#templates.delete(uri);
    this.#reported.clear();
  }

  #report(uri: string, first: string, second: string): void {
    const collision = `${second} ${uri}`;
    if (this.#reported.has(collision) || this.#reported.size >= GATEWAY_NAMES_MAX) return;
    this.#reported.add(collision);
    this.#options.onCollision(uri, first, second);
  }
}

/** What stands before the first expression of a URI template (RFC 6570). */
function literalOf(template: string): string {
  const brace = template.indexOf('{');
  return brace === -1 ? template : template.slice(0, brace);
}

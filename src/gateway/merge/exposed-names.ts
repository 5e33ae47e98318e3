import { GATEWAY_NAME_CHARS_MAX, GATEWAY_NAMES_MAX } from '../../platform/bounds.js';
import { textDigest } from '../../platform/text-digest.js';

/** A name as the server itself knows it, and which server that is. */
export interface OwnName {
  readonly upstream: string;
  readonly name: string;
}

export interface ExposedNamesOptions {
  /** What stands between the server's name and the tool's. */
  readonly separator: string;
  readonly isNamespaced: (upstream: string) => boolean;
  /** Told once of a name that is left out, since another server's already stands for it. */
  readonly onCollision: (exposed: string, first: OwnName, second: OwnName) => void;
}

/** What hosts take in a tool's name beside letters and digits; several refuse dots and slashes. */
const UNSAFE = /[^A-Za-z0-9_-]/g;
const DIGEST_CHARS = 8;

/**
 * The names under which the gateway shows tools, or prompts, of several servers. The way back is
 * looked up and never read out of a name, so no server can write itself into another's names.
 */
export class ExposedNames {
  readonly #options: ExposedNamesOptions;
  readonly #own = new Map<string, OwnName>();
  readonly #reported = new Set<string>();

  constructor(options: ExposedNamesOptions) {
    this.#options = options;
  }

  /**
   * The name that clients see, learned with the first use; undefined where it is left out, since
   * another server's tool has it or too many names are known.
   */
  expose(own: OwnName): string | undefined {
    const exposed = this.#exposed(own);
    const first = this.#own.get(exposed);
    if (first === undefined) {
      if (this.#own.size >= GATEWAY_NAMES_MAX) return undefined;
      this.#own.set(exposed, own);
      return exposed;
    }
    if (first.upstream === own.upstream && first.name === own.name) return exposed;
    const collision = `${own.upstream} ${own.name}`;
    if (!this.#reported.has(collision) && this.#reported.size < GATEWAY_NAMES_MAX) {
      this.#reported.add(collision);
      this.#options.onCollision(exposed, first, own);
    }
    return undefined;
  }

  /** Which server knows the name that a client uses, and by which name. */
  resolve(exposed: string): OwnName | undefined {
    return this.#own.get(exposed);
  }

  /** Forgets the names of a server that is gone from the config. */
  forget(upstream: string): void {
    for (const [exposed, own] of this.#own) if (own.upstream === upstream) this.#own.delete(exposed);
    this.#reported.clear();
  }

  #exposed({ upstream, name }: OwnName): string {
    const { separator, isNamespaced } = this.#options;
    if (!isNamespaced(upstream)) return name;
    const full = `${upstream}${separator}${name.replaceAll(UNSAFE, '_')}`;
    if (full.length <= GATEWAY_NAME_CHARS_MAX) return full;
    const digest = textDigest(`${upstream} ${name}`).slice(0, DIGEST_CHARS);
    return `${full.slice(0, GATEWAY_NAME_CHARS_MAX - DIGEST_CHARS - 1)}_${digest}`;
  }
}

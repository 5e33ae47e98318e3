import { REDACT_SECRETS_MAX } from '../../platform/bounds.js';

/** Shortest secret that is looked for: shorter ones would blank ordinary words. */
const SECRET_CHARS_LEAST = 4;
/** Shorter secrets count only as words of their own. */
const EMBEDDED_CHARS_LEAST = 8;
/** Longer pieces of a secret are not known again. */
const CUT_CHARS_MOST = 1024;
/** Fewer bytes are not looked for in base64 and hex. */
const ENCODED_BYTES_LEAST = 6;
/** Every spelling is found by its first characters. */
const HEAD_CHARS = 4;
const SIEVE_SIZE = 1 << 16;

/** One way in which a secret can stand in a text. */
interface Spelling {
  readonly text: string;
  /** Whether it counts inside a longer word too. */
  readonly embedded: boolean;
}

/**
 * Exact texts that must not be shown, however they are spelled: as they are, and as they look inside
 * JSON, URLs, forms, base64 (at any offset of a longer text) and hex. One pass over a text finds all of
 * them, the longest first where several begin at one place; the time is linear in the text.
 */
export class KnownSecrets {
  readonly #secrets = new Set<string>();
  /** Spellings by their first characters, eight of those that may be embedded and four of the others; the longest first. */
  readonly #byHead = new Map<string, Spelling[]>();
  /** Where a bit is 0, no spelling begins with what has this hash. */
  readonly #sieve = new Uint8Array(SIEVE_SIZE);

  /** Secrets beyond REDACT_SECRETS_MAX and those of fewer than four characters are not learned. */
  constructor(secrets: Iterable<string> = []) {
    this.learn(secrets);
  }

  /** Secrets once known stay known: a reload does not make an old one harmless. */
  learn(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      const known = this.#secrets.has(secret) || this.#secrets.size >= REDACT_SECRETS_MAX;
      if (known || secret.length < SECRET_CHARS_LEAST) continue;
      this.#secrets.add(secret);
      for (const [text, embedded] of spellingsOf(secret)) this.#add({ text, embedded });
    }
  }

  get size(): number {
    return this.#secrets.size;
  }

  /** The text with each known secret replaced by what `take` makes of it; the same text where there is none. */
  replace(text: string, take: (found: string) => string): string {
    if (this.#secrets.size === 0 || text.length < HEAD_CHARS) return text;
    let shown = '';
    let from = 0;
    const last = text.length - HEAD_CHARS;
    for (let at = 0; at <= last; at += 1) {
      if (this.#sieve[hashAt(text, at)] === 0) continue;
      const end = this.#endAt(text, at);
      if (end === undefined) continue;
      shown += text.slice(from, at) + take(text.slice(at, end));
      from = end;
      at = end - 1;
    }
    return from === 0 ? text : shown + text.slice(from);
  }

  #add(spelling: Spelling): void {
    const { text } = spelling;
    const head = text.slice(0, spelling.embedded ? EMBEDDED_CHARS_LEAST : HEAD_CHARS);
    const alike = this.#byHead.get(head) ?? [];
    if (alike.some((other) => other.text === text)) return;
    alike.push(spelling);
    alike.sort((a, b) => b.text.length - a.text.length);
    this.#byHead.set(head, alike);
    this.#sieve[hashAt(text, 0)] = 1;
  }

  /** Where the longest spelling ends that begins here. */
  #endAt(text: string, at: number): number | undefined {
    const isLong = at + EMBEDDED_CHARS_LEAST <= text.length;
    const embedded = isLong ? (this.#byHead.get(text.slice(at, at + EMBEDDED_CHARS_LEAST)) ?? []) : [];
    const whole = embedded.find(({ text: spelling }) => text.startsWith(spelling, at));
    if (whole !== undefined) return at + whole.text.length;
    const cut = embedded.length === 0 ? '' : cutAfter(text, at);
    if (embedded.some(({ text: spelling }) => spelling.length > cut.length && spelling.startsWith(cut)))
      return at + cut.length;
    for (const { text: spelling } of this.#byHead.get(text.slice(at, at + HEAD_CHARS)) ?? []) {
      const end = at + spelling.length;
      if (text.startsWith(spelling, at) && !isWordAt(text, at - 1) && !isWordAt(text, end)) return end;
    }
    return undefined;
  }
}

/** What is left of a text that may have been cut here: to its end, or to a mark that something is left out. */
function cutAfter(text: string, at: number): string {
  const piece = text.slice(at, at + CUT_CHARS_MOST);
  const marked = piece.indexOf('…');
  if (marked !== -1) return piece.slice(0, marked);
  return piece;
}

function isWordAt(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /[\p{L}\p{N}]/u.test(text[at] ?? '');
}

function hashAt(text: string, at: number): number {
  const head =
    text.charCodeAt(at) +
    text.charCodeAt(at + 1) * 31 +
    text.charCodeAt(at + 2) * 961 +
    text.charCodeAt(at + 3) * 29_791;
  return head & (SIEVE_SIZE - 1);
}

/** What `encodeURIComponent` throws on. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

function* spellingsOf(secret: string): Generator<[text: string, embedded: boolean]> {
  const embedded = secret.length >= EMBEDDED_CHARS_LEAST;
  yield [secret, embedded];
  yield [JSON.stringify(secret).slice(1, -1), embedded];
  const url = encodeURIComponent(secret.replace(LONE_SURROGATE, '\ufffd'));
  yield [url, embedded];
  yield [url.replaceAll('%20', '+'), embedded];
  const bytes = Buffer.from(secret);
  if (bytes.length < ENCODED_BYTES_LEAST) return;
  yield [bytes.toString('hex'), true];
  for (const encoding of ['base64', 'base64url'] as const) {
    const whole = bytes.toString(encoding);
    yield [whole, whole.length >= EMBEDDED_CHARS_LEAST];
    for (const offset of [0, 1, 2]) {
      const inner = innerBase64(bytes, offset, encoding);
      if (inner.length >= EMBEDDED_CHARS_LEAST) yield [inner, true];
    }
  }
}

/** What of the base64 of a longer text the bytes alone decide, where they begin at this place of three. */
function innerBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, '');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  return text.slice(first, last);
}

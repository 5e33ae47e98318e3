const CHARS_LEAST = 20;
const CHARS_MOST = 256;
/** Bits for each character, below which a text is words or a pattern. */
const BITS_LEAST = 3.4;

/** Names beside which a random text is taken for a secret. */
const BESIDE = /(?:key|auth|sig|signature|salt|cert|sas|hmac)$/i;
/** Of these names the values are meant to be read: what they identify is no secret. */
const IDENTIFIES =
  /(?:cache|idempotency|primary|foreign|partition|sort|public|row|object|map|file)[\s_.-]{0,8}key$/i;
/** Whether this text, as the value of a member of this name, looks like a key that was made at random. */
export function isRandomKey(name: string, value: string): boolean {
  return announcesKey(name) && looksRandom(value);
}

/** Whether a random text beside this name is taken for a secret. */
export function announcesKey(name: string): boolean {
  return BESIDE.test(name) && !IDENTIFIES.test(name);
}

/**
 * Letters of both cases and digits, mixed as only chance mixes them. Digests, UUIDs and other hex, words
 * joined by signs, and paths are not: people need them to read a log.
 */
export function looksRandom(value: string): boolean {
  if (value.length < CHARS_LEAST || value.length > CHARS_MOST) return false;
  if (/[^A-Za-z0-9+/_=-]/.test(value) || /^[0-9a-fA-F-]+$/.test(value)) return false;
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/[0-9]/.test(value)) return false;
  return changes(value) >= value.length * 0.4 && bitsOf(value) >= BITS_LEAST;
}

/** How often the kind of character changes from one to the next. */
function changes(value: string): number {
  let count = 0;
  for (let at = 1; at < value.length; at += 1) if (kindAt(value, at) !== kindAt(value, at - 1)) count += 1;
  return count;
}

function kindAt(value: string, at: number): number {
  const unit = value.charCodeAt(at);
  if (unit >= 0x30 && unit <= 0x39) return 0;
  if (unit >= 0x41 && unit <= 0x5a) return 1;
  return unit >= 0x61 && unit <= 0x7a ? 2 : 3;
}

/** Shannon's entropy of the characters, in bits for each. */
function bitsOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

import { foldKey } from '../../platform/fold.js';

/** Parts of names that announce a secret, longest meaning first. */
const SENSITIVE: readonly (readonly [part: string, kind: string])[] = [
  ['password', 'password'],
  ['passwd', 'password'],
  ['passphrase', 'password'],
  ['secret', 'secret'],
  ['apikey', 'api-key'],
  ['accesskey', 'api-key'],
  ['accountkey', 'api-key'],
  ['privatekey', 'private-key'],
  ['authorization', 'authorization'],
  ['credential', 'credential'],
  ['cookie', 'cookie'],
  ['connectionstring', 'connection-string'],
  ['mnemonic', 'secret'],
  ['otp', 'otp'],
];

/** Whole names that do. */
const WHOLE: Readonly<Record<string, string>> = {
  pwd: 'password',
  pass: 'password',
  auth: 'password',
  userpass: 'password',
  dbpass: 'password',
  pin: 'password',
  cvv: 'card',
  cvc: 'card',
  bearer: 'authorization',
  seedphrase: 'secret',
  encryptionkey: 'secret',
  signingkey: 'secret',
  ssn: 'ssn',
  xapikey: 'api-key',
};

/** Names of settings that hold such a word and no secret. */
const HARMLESS = /(?:length|policy|count|limit|size|expiry|expires|expiresin|expiresat|required|enabled)$/;

/**
 * What a name announces: that of a member, a header or an option. Names are compared without case,
 * separators and compatibility forms. Undefined for one that announces nothing.
 */
export function sensitiveKind(name: string): string | undefined {
  if (name.length > NAME_CHARS) return undefined;
  const folded = foldKey(name).replace(/[\s_.-]/g, '');
  const whole = Object.hasOwn(WHOLE, folded) ? WHOLE[folded] : undefined;
  if (whole !== undefined) return whole;
  for (const [part, kind] of SENSITIVE) {
    if (part === 'otp' ? folded === part || folded === 'totp' : folded.includes(part))
      return HARMLESS.test(folded.slice(folded.indexOf(part) + part.length)) ? undefined : kind;
  }
  // `max_tokens` and `tokenizer` are settings; what ends in `token` is taken for one.
  return folded.endsWith('token') ? 'token' : undefined;
}

/** Longer texts are no names. */
const NAME_CHARS = 128;

import type { JsonValue } from '../../../src/platform/json.js';
import { type Random, randomFrom } from '../../support/random.js';

/** One secret in one value. */
export interface Planted {
  readonly kind: string;
  readonly place: string;
  readonly value: JsonValue;
  /** What must not be found afterwards, in whatever spelling. */
  readonly core: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const OWNER = ['RSA', 'PRIVATE'].join(' ');
const MIXED = LETTERS + LETTERS.toUpperCase() + DIGITS;

/** Put together at run time, so that no scanner takes the tests for a leak. */
const KINDS: Readonly<Record<string, (random: Random) => readonly [text: string, core: string]>> = {
  'aws key': (random) => whole(`AKIA${chars(random, LETTERS.toUpperCase() + DIGITS, 16)}`),
  'aws secret key': (random) => named('aws_secret_access_key=', chars(random, MIXED, 40)),
  'github token': (random) => whole(`ghp_${chars(random, MIXED, 36)}`),
  'gitlab token': (random) => whole(`glpat-${chars(random, MIXED, 20)}`),
  'slack token': (random) => whole(`xoxb-${chars(random, DIGITS, 12)}-${chars(random, MIXED, 24)}`),
  'stripe key': (random) => whole(`sk_live_${chars(random, MIXED, 24)}`),
  'openai key': (random) => whole(`sk-proj-${chars(random, MIXED, 40)}`),
  'anthropic key': (random) => whole(`sk-ant-api03-${chars(random, MIXED, 40)}`),
  'google key': (random) => whole(`AIza${chars(random, MIXED, 35)}`),
  'npm token': (random) => whole(`npm_${chars(random, MIXED, 36)}`),
  'sendgrid key': (random) => whole(`SG.${chars(random, MIXED, 22)}.${chars(random, MIXED, 43)}`),
  'json web token': (random) =>
    whole(
      `${base64('{"alg":"HS256"}')}.${base64(`{"sub":"${chars(random, LETTERS, 8)}"}`)}.${chars(random, MIXED, 43)}`,
    ),
  'private key': (random) => {
    const core = chars(random, MIXED, 64);
    return [`-----BEGIN ${OWNER} KEY-----\n${core}\n-----END ${OWNER} KEY-----`, core];
  },
  'bearer value': (random) => named('Authorization: Bearer ', chars(random, MIXED, 32)),
  'basic value': (random) => named('Authorization: Basic ', base64(`admin:${chars(random, MIXED, 12)}`)),
  password: (random) => named('DB_PASSWORD=', chars(random, MIXED, 14)),
  'password in a url': (random) => {
    const core = chars(random, MIXED, 14);
    return [`postgres://app:${core}@db.example.com:5432/app`, core];
  },
  'connection string': (random) => {
    const core = chars(random, MIXED, 40);
    return [`Endpoint=sb://x.example.com/;SharedAccessKey=${core};EntityPath=q`, core];
  },
  card: (random) => whole(cardNumber(random)),
  iban: (random) => whole(iban(random)),
  'e-mail': (random) => whole(`${chars(random, LETTERS, 9)}@${chars(random, LETTERS, 7)}.example.org`),
};

const PLACES: Readonly<Record<string, (text: string, core: string) => JsonValue>> = {
  'a member': (text) => ({ note: text }),
  'deep inside': (text) => ({ a: [{ b: [{ c: [1, { d: text }] }] }] }),
  prose: (text) => ({ message: `Here it is: ${text} , do not tell.` }),
  'lines of a file': (text) => ({ content: `# settings\nport=1\n${text}\nhost=x\n` }),
  'json in a text': (text) => ({ body: JSON.stringify({ data: { text } }) }),
  'json in json in a text': (text) => ({ body: JSON.stringify({ data: JSON.stringify([{ text }]) }) }),
  'a url': (text) => ({ url: `https://example.com/cb?state=1&q=${encodeURIComponent(text)}` }),
  'base64 of a text': (text) => ({ blob: Buffer.from(`value: ${text}\n`).toString('base64') }),
  'the name of a member': (text) => ({ [text]: true }),
  'name and value in two fields': (_text, core) => ({ env: [{ name: 'API_SECRET', value: core }] }),
};

/** Every kind of secret in every place: more than 200, the same on every run. */
export function plantedSecrets(seed = 6): Planted[] {
  const random = randomFrom(seed);
  return Object.entries(KINDS).flatMap(([kind, make]) =>
    Object.entries(PLACES).map(([place, put]) => {
      const [text, core] = make(random);
      return { kind, place, core, value: put(text, core) };
    }),
  );
}

/** The ways in which a secret could still stand in a file. */
export function spellings(core: string): string[] {
  return [
    core,
    encodeURIComponent(core),
    JSON.stringify(core).slice(1, -1),
    Buffer.from(core).toString('base64').replace(/=+$/, '').slice(0, -1),
  ];
}

function whole(text: string): readonly [string, string] {
  return [text, text];
}

function named(name: string, value: string): readonly [string, string] {
  return [name + value, value];
}

function chars(random: Random, from: string, count: number): string {
  return Array.from({ length: count }, () => from.charAt(random.below(from.length))).join('');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

function cardNumber(random: Random): string {
  const digits = `4${chars(random, DIGITS, 14)}`;
  for (let check = 0; check < 10; check += 1) {
    const doubled = `${digits}${check}`
      .split('')
      .map((digit, index) => Number(digit) * (index % 2 === 0 ? 2 : 1));
    const sum = doubled.reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
    if (sum % 10 === 0) return `${digits}${check}`;
  }
  throw new Error('one of ten check digits is right');
}

function iban(random: Random): string {
  const account = chars(random, DIGITS, 18);
  const rest = Number(BigInt(`${account}131400`) % 97n);
  return `DE${String(98 - rest).padStart(2, '0')}${account}`;
}

/** What people read a log for, and what must therefore stay in it. */
export const READABLE: readonly string[] = [
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'd41d8cd98f00b204e9800998ecf8427e',
  'commit 01fe05f3b78353e9ea7a8b51bb62f19157590000',
  '/srv/data/reports/2026/Q3-final_v2.csv',
  'C:\\Users\\dev\\project\\src\\main.ts',
  'https://example.com:8080/path/to/page?id=42&sort=name#top',
  'SELECT id, name FROM customers WHERE created_at > 1700000000000 LIMIT 100',
  'The quick brown fox jumps over the lazy dog. Tokens are counted, keys are turned.',
  'const tokenizer = createTokenizer({ maxTokens: 4096, key: "cache" });',
  'function getPasswordPolicy(user: string): PasswordPolicy { return policies.get(user); }',
  'max_tokens: 4096, temperature: 0.7, model: claude-sonnet',
  'primary_key=customer_id sort_key=created_at',
  'idempotency_key: 7c9e6679-7425-40de-944b-e07fc1f90ae7',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'chatcmpl-9kZvTqM2Jw4',
  '2026-11-22T14:44:37.123Z',
  '192.168.10.24 fe80::1ff:fe23:4567:890a',
  'order 4111 1111 1111 1112 is no card',
  'phone +49 30 1234567',
  'version 20.19.1, build 20261122.1444',
  'import { a } from "@scope/package";',
  'user@host:~/project$ ls -la',
  `data:image/png;base64,${Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex').toString('base64')}`,
  Buffer.from('89504e470d0a1a0a0000000d4948445200000010000000100806', 'hex').toString('base64'),
  Buffer.from('just a text about gardens and rivers').toString('base64'),
  '{"path":"/tmp/x","size":12,"tags":["a","b"]}',
  'a%20b%2Fc',
  'https://example.com/a%20b?q=x%26y',
  'Authorization is needed to enter the building',
  'a basic understanding of bearer bonds',
];

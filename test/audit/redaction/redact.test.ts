import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownSecrets } from '../../../src/audit/redaction/known-secrets.js';
import { createRedaction } from '../../../src/audit/redaction/redact.js';
import { sensitiveKind } from '../../../src/audit/redaction/sensitive-names.js';
import { JSON_DEPTH_MAX, REDACT_CHARS_MAX } from '../../../src/platform/bounds.js';
import type { JsonValue } from '../../../src/platform/json.js';
import { verifies } from '../../requirements.js';

verifies('audit:redaction');

const redact = createRedaction();

/** Put together here, so that no scanner takes the tests for a leak. */
function fake(...parts: readonly string[]): string {
  return parts.join('');
}

const DIGITS_AND_LETTERS = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0';
const PLANTED: readonly (readonly [kind: string, secret: string])[] = [
  ['aws-key', fake('AKIA', 'IOSFODNN7EXAMPLE')],
  ['github-token', fake('ghp', '_', DIGITS_AND_LETTERS.slice(0, 36))],
  ['github-token', fake('github', '_pat_', DIGITS_AND_LETTERS)],
  ['gitlab-token', fake('glpat', '-', DIGITS_AND_LETTERS.slice(0, 20))],
  ['slack-token', fake('xoxb', '-123456789012-', DIGITS_AND_LETTERS)],
  ['stripe-key', fake('sk', '_live_', DIGITS_AND_LETTERS.slice(0, 24))],
  ['anthropic-key', fake('sk', '-ant-api03-', DIGITS_AND_LETTERS)],
  ['openai-key', fake('sk', '-proj-', DIGITS_AND_LETTERS)],
  ['google-key', fake('AIza', DIGITS_AND_LETTERS.slice(0, 35))],
  ['npm-token', fake('npm', '_', DIGITS_AND_LETTERS.slice(0, 36))],
  ['jwt', fake('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0.', 'c2lnbmF0dXJl')],
  ['card', '4111 1111 1111 1111'],
  ['card', '378282246310005'],
  ['private-key', fake('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----')],
  ['private-key', fake('-----BEGIN OPENSSH ', 'PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA')],
];

describe('shapes of secrets', () => {
  test.each(PLANTED)('%s', (kind, secret) => {
    expect(redact(secret)).toBe(`[redacted:${kind}]`);
    expect(redact({ text: [`before ${secret} after`] })).not.toContain(secret);
  });

  test.each([
    [
      'curl -H "Authorization: Basic dXNlcjpwYXNz" x',
      'curl -H "Authorization: Basic [redacted:basic-auth]" x',
    ],
    ['Bearer abcdef123456', 'Bearer [redacted:bearer]'],
    ['DB_PASSWORD=hunter2\nPORT=1', 'DB_PASSWORD=[redacted:password]\nPORT=1'],
    ['postgres://me:hunter2@host/db', 'postgres://[redacted:url-password]@host/db'],
    ['4111 1111 1111 1111 12/27', '[redacted:card] 12/27'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test.each([
    'tokens are counted',
    '4111 1111 1111 1112',
    '1700000000000',
    'a basic understanding',
    'https://example.com:8080/a@b',
    'eyJhbGciOiJIUzI1NiJ9',
    'sk-short',
  ])('%s is left alone', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('members', () => {
  test.each([
    ['password', 'password'],
    ['DB-Password', 'password'],
    ['client_secret', 'secret'],
    ['X-Api-Key', 'api-key'],
    ['accessToken', 'token'],
    ['AUTHORIZATION', 'authorization'],
    ['paſſword', 'password'],
    ['ｐａｓｓｗｏｒｄ', 'password'],
    ['max_tokens', undefined],
    ['tokenizer', undefined],
    ['author', undefined],
    ['path', undefined],
  ])('%s announces %s', (key, kind) => {
    expect(sensitiveKind(key)).toBe(kind);
  });

  test('the whole value of such a member goes, whatever its type', () => {
    expect(redact({ password: 1234, secret: { a: ['b'] }, token: null, pwd: '' })).toEqual({
      password: '[redacted:password]',
      secret: '[redacted:secret]',
      token: null,
      pwd: '',
    });
  });

  test('a __proto__ member stays a member', () => {
    const value = JSON.parse('{"__proto__":{"password":"x1"}}') as JsonValue;
    expect(JSON.stringify(redact(value))).toBe('{"__proto__":{"password":"[redacted:password]"}}');
  });
});

describe('exact secrets', () => {
  test('go wherever they stand, also as they look in JSON, URLs and base64, and in numbers', () => {
    const secret = 'p"ss word/ü+1';
    const exact = createRedaction(new KnownSecrets([secret, '123456789']));
    const text = [
      `x${secret}y`,
      `{"a":${JSON.stringify(secret)}}`,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ];
    expect(exact(text)).toEqual([
      'x[redacted:secret]y',
      '{"a":"[redacted:secret]"}',
      '[redacted:secret]',
      '[redacted:secret]',
    ]);
    expect(exact({ [secret]: 123456789 })).toEqual({ '[redacted:secret]': '[redacted:secret]' });
  });

  test('a secret that holds another goes whole', () => {
    expect(createRedaction(new KnownSecrets(['abcdef', 'abcdefghi']))('abcdefghi abcdef')).toBe(
      '[redacted:secret] [redacted:secret]',
    );
  });

  test('short ones are not looked for', () => {
    expect(createRedaction(new KnownSecrets(['a', 'on']))('banana on')).toBe('banana on');
  });
});

test('planted secrets never survive, wherever they stand', () => {
  const exact = 'correct-horse-battery';
  const redactAll = createRedaction(new KnownSecrets([exact]));
  const secrets = [...PLANTED.map(([, secret]) => secret), exact];
  const around = fc
    .string({ maxLength: 20 })
    .map((text) => text.replace(/[\w.+/=-]$/, ' ').replace(/^[\w.+/=-]/, ' '));
  const { tree } = fc.letrec<{ tree: JsonValue; leaf: JsonValue; holder: JsonValue }>((tie) => ({
    leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    holder: fc.constant('PLACE'),
    tree: fc.oneof(
      { depthSize: 'small' },
      tie('holder'),
      fc.array(fc.oneof(tie('leaf'), tie('tree')), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constant('PLACE')), fc.oneof(tie('leaf'), tie('tree')), {
        maxKeys: 4,
      }),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.constantFrom(...secrets), around, around, (shape, secret, before, after) => {
      const planted = JSON.parse(
        JSON.stringify(shape).replaceAll('"PLACE"', () => JSON.stringify(before + secret + after)),
      ) as JsonValue;
      const shown = JSON.stringify(redactAll(planted));
      expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
    }),
    { numRuns: 500 },
  );
});

describe('bounds', () => {
  test('what is too deep or too much is left out, not let through', () => {
    let deep: JsonValue = 'hunter2';
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    expect(JSON.stringify(redact(deep))).toBe(
      `${'['.repeat(JSON_DEPTH_MAX)}"[omitted:too deep]"${']'.repeat(JSON_DEPTH_MAX)}`,
    );
    expect(redact(['x'.repeat(REDACT_CHARS_MAX), 'more'])).toEqual([
      'x'.repeat(REDACT_CHARS_MAX),
      '[omitted:too large]',
    ]);
  });

  test.each([
    ['eyJ'],
    ['eyJ.'],
    ['eyJa.eyJ'],
    ['-----BEGIN PRIVATE KEY-----'],
    ['-----BEGIN '],
    ['4 '],
    ['4111'],
    ['4-11 '],
    ['bearer '],
    ['authorization'],
    ['authorization: '],
    ['token'],
    ['token_'],
    ['password = '],
    ['://a:'],
    ['://'],
    ['sk-'],
    ['ghp_'],
    ['AIza'],
    ['xoxb-'],
    ['AKIA'],
    [' '],
    ['a'],
    ['"'],
    ['key='],
    ['%'],
    ['%2\t'],
    ['%41aaa '],
    ['password://a:b@'],
  ])('%j over and over is read to its end', (piece) => {
    // It sees only what the time limit of tests ends: a search that goes back over the whole text at each place.
    const text = piece.repeat(Math.floor(REDACT_CHARS_MAX / piece.length));
    expect(redact(text)).toBeTypeOf('string');
  });
});

describe('percent-encoded words', () => {
  const redact = createRedaction();

  test('only the words in which something was found change, however many there are', () => {
    const words = Array.from({ length: 2000 }, (_none, index) => `word%20${index}`);
    const text = [...words, 'x=password%3Dhunter22', ...words].join(' ');
    expect(redact(text)).toBe([...words, 'x=password=[redacted:password]', ...words].join(' '));
  });

  test('a key that does not end takes all of them out', () => {
    const start = encodeURIComponent(['-----BEGIN', 'PRIVATE KEY-----\nabc'].join(' '));
    expect(redact(`one%20word ${start} two%20words plain`)).toBe(
      '[redacted:private-key] [redacted:private-key] [redacted:private-key] plain',
    );
  });
});

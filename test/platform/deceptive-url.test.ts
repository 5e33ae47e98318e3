import { describe, expect, test } from 'vitest';
import { DECEPTIVE_URLS_MAX } from '../../src/platform/bounds.js';
import { deceptiveUrls } from '../../src/platform/deceptive-url.js';
import { verifies } from '../requirements.js';

verifies('tui:url:deceptive');

describe('URLs that are not what they look like', () => {
  test.each<[string, string, RegExp]>([
    [
      'a user name that looks like a host',
      'https://github.com@evil.example/x',
      /user name: the host is evil\.example/,
    ],
    ['a user name and a password', 'https://github.com:443@evil.example', /user name/],
    ['punycode', 'https://xn--pple-43d.com/', /punycode/],
    ['a host of two alphabets', 'https://p\u0430ypal.com', /mixes alphabets/],
    ['a host of look-alikes only', 'https://\u0430\u0440\u0440\u04cf\u0435.com', /another alphabet|signs/],
    ['Cyrillic that reads as Latin', 'https://\u0441\u043e\u0440\u0435.com', /look like Latin/],
    ['full-width letters', 'https://\uff47ithub.com', /no part of a host/],
    ['an IPv4 address', 'http://192.168.0.1/admin', /IP address/],
    ['a decimal address', 'http://3232235521/', /IP address/],
    ['a hexadecimal address', 'http://0x7f.1/', /IP address/],
    ['an octal address', 'http://0177.0.0.1/', /IP address/],
    ['an IPv6 address', 'http://[::1]/', /IP address/],
    ['another port', 'https://example.com:8443/', /port 8443/],
    ['http on the port of https', 'http://example.com:443/', /port 443/],
    ['data', 'data:text/html,<script>', /data: URL/],
    ['javascript', 'javascript:alert(1)', /javascript: URL/],
    ['a backslash', 'https://good.example\\@evil.example', /backslash/],
    ['backslashes for slashes', 'https:\\\\evil.example', /backslash/],
    ['a percent-encoded host', 'https://%65vil.example/', /percent-encoded/],
    ['a trusted name in front', 'https://github.com.evil.example/login', /site is its end, evil\.example/],
    ['an ideographic full stop', 'https://evil\u3002example', /no part of a host/],
  ])('%s', (_what, url, why) => {
    const found = deceptiveUrls(`see ${url} for more`);
    expect(found).toHaveLength(1);
    expect(found[0]?.why).toMatch(why);
  });

  test.each([
    'https://github.com/some/repo',
    'http://example.com:80/',
    'https://example.com:443/a@b?c=d@e',
    'https://m\u00fcnchen.example/',
    'https://\u043f\u0440\u0438\u0432\u0435\u0442.example/',
    'https://docs.github.com/en',
    'mailto:someone@example.com',
    'no url at all: 10:30, a/b, x@y',
    'metadata: none',
  ])('%s is left alone', (text) => {
    expect(deceptiveUrls(text)).toEqual([]);
  });

  test('a text full of them is bounded', () => {
    const text = Array.from({ length: 500 }, (_, index) => `http://10.0.0.${index}/`).join(' ');
    expect(deceptiveUrls(text)).toHaveLength(DECEPTIVE_URLS_MAX);
  });
});

import { DECEPTIVE_URLS_MAX } from './bounds.js';
import { isMixedScript } from './hidden-characters.js';

/** A URL that is not what it looks like, and why. Nothing in it is printable yet. */
export interface DeceptiveUrl {
  readonly url: string;
  readonly why: string;
}

/** What may be followed by an authority, and schemes that carry code or a whole page. */
const URLS = /\b(?:[a-z][a-z0-9+.-]{0,30}:[\\/]{2}[^\s"'<>`]+|(?:data|javascript|vbscript):[^\s"'<>`]+)/giu;
const CODE = /^(data|javascript|vbscript):/i;
const PARTS = /^([a-z][a-z0-9+.-]*):[\\/]{2}([^/?#]*)/iu;
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ws: '80',
  wss: '443',
  ftp: '21',
};
/** Cyrillic and Greek letters that look like a Latin one; a whole label of them reads as another name. */
const LOOK_ALIKE =
  '\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u04c0\u04cf\u0501\u051b\u051d\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4';
const LOOK_ALIKES = new RegExp(`^[-a-z0-9]*[${LOOK_ALIKE}][-a-z0-9${LOOK_ALIKE}]*$`, 'u');
/** Endings of sites that people trust by sight; before another domain they are bait. */
const BAIT =
  /(?:^|[.-])[a-z0-9]+\.(?:com|org|net|io|dev|gov|edu|app)\.(?=[a-z0-9-]+\.[a-z]|[a-z0-9-]+\.[a-z]{2,}$)/;

/** The deceptive URLs of a text, each once, at most DECEPTIVE_URLS_MAX. */
export function deceptiveUrls(text: string): DeceptiveUrl[] {
  const found = new Map<string, DeceptiveUrl>();
  for (const [url] of text.matchAll(URLS)) {
    if (found.size >= DECEPTIVE_URLS_MAX) break;
    const why = deceits(url);
    if (why.length > 0 && !found.has(url)) found.set(url, { url, why: why.join('; ') });
  }
  return [...found.values()];
}

function deceits(url: string): string[] {
  const code = CODE.exec(url)?.[1]?.toLowerCase();
  if (code !== undefined) return [`a ${code}: URL carries content or code, and leads to no site`];
  const [, scheme = '', authority = ''] = PARTS.exec(url) ?? [];
  const found: string[] = [];
  // A browser reads `\` as `/`: what stands before the first of them is the host.
  const cut = authority.split('\\')[0] ?? '';
  if (cut !== authority || /^[a-z0-9+.-]+:(?!\/\/)/i.test(url))
    found.push('backslashes: programs disagree on its host');
  const at = cut.lastIndexOf('@');
  if (at !== -1) found.push(`what stands before @ is a user name: the host is ${cut.slice(at + 1)}`);
  const [host, port] = hostAndPort(cut.slice(at + 1));
  found.push(...hostDeceits(host));
  if (port !== '' && port !== DEFAULT_PORTS[scheme.toLowerCase()])
    found.push(`port ${port} is not the usual one`);
  return found;
}

function hostAndPort(text: string): readonly [host: string, port: string] {
  const [, host = text, port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text) ?? [];
  return [host.toLowerCase(), port];
}

function hostDeceits(host: string): string[] {
  const found: string[] = [];
  if (isAddress(host)) found.push('an IP address in place of a name');
  if (host.includes('%')) found.push('the host is percent-encoded');
  const labels = host.split(/[.\u3002\uff0e\uff61]/u);
  if (labels.some((label) => label.startsWith('xn--')))
    found.push('punycode: the name holds letters that are not shown');
  if (labels.some(isMixedScript)) found.push('its name mixes alphabets');
  else if (labels.some((label) => LOOK_ALIKES.test(label)))
    found.push('letters of another alphabet that look like Latin ones');
  else if (/[^\p{L}\p{M}\p{N}.[\]:_%-]|[\uff01-\uff5e\u{1d400}-\u{1d7ff}\u2160-\u217f]/u.test(host))
    found.push('signs that are no part of a host');
  if (BAIT.test(host)) found.push(`the site is its end, ${labels.slice(-2).join('.')}`);
  return found;
}

/** IPv6, and IPv4 in every spelling that programs accept: decimal, octal, hexadecimal, one to four parts. */
function isAddress(host: string): boolean {
  return host.startsWith('[') || /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?$/.test(host);
}

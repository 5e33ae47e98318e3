/**
 * The host that a URL names: lower case, international names in ASCII, without port and final dot.
 * Undefined where there is none, or where two URL readers could see two hosts: spaces, backslashes,
 * no `://`, or an `@` behind a `?` or `#` before the first slash.
 */
export function hostOf(text: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return undefined;
  const parts = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)/i.exec(text);
  const authority = parts?.[1];
  if (authority === undefined || /[?#].*@/.test(authority)) return undefined;
  try {
    const host = new URL(text).hostname.toLowerCase().replace(/\.$/, '');
    return host === '' ? undefined : host;
  } catch {
    return undefined;
  }
}

/** What may make the written form of a URI differ from its normal form. */
const ODD = /[%\\A-Z\s]|\/\.|[^:]\/\//;

/**
 * The forms of a resource's address that a rule compares: as written and, where that differs, with dot
 * segments resolved, scheme and host in lower case and percent escapes decoded once. A server may
 * open either.
 */
export function uriReadings(uri: string): readonly string[] {
  if (!ODD.test(uri)) return [uri];
  const normal = decoded(normalized(uri));
  return normal === uri ? [uri] : [uri, normal];
}

function normalized(uri: string): string {
  try {
    return new URL(uri).href;
  } catch {
    return uri;
  }
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

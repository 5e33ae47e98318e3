/** What a list in an answer holds: the names, or the addresses of resources. */
export function listed(answer: unknown, kind = 'tools'): string[] {
  const { result } = answer as { result: Record<string, { name?: string; uri?: string }[]> };
  return (result[kind] ?? []).map(({ name, uri }) => uri ?? name ?? '?');
}

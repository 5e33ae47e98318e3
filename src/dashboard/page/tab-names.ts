/** The tabs in their order; each is an address of its own: `#/approvals`. */
export const TABS = ['feed', 'approvals', 'audit', 'limits', 'analytics', 'servers'] as const;
export type TabName = (typeof TABS)[number];

/** The tab that an address means; the feed where it means none. */
export function tabOf(hash: string): TabName {
  return TABS.find((name) => hash === `#/${name}`) ?? 'feed';
}

/** The one-time code of a login link, and null where the address has none. */
export function codeOf(hash: string): string | null {
  return /^#code=([\w-]{1,256})$/.exec(hash)?.[1] ?? null;
}

/** What stands in the window's title: how many calls wait, seen from another tab of the browser. */
export function titleOf(waiting: number, isLost: boolean): string {
  const count = waiting === 0 ? '' : `(${waiting}) `;
  return `${count}guard${isLost ? ' – no connection' : ''}`;
}

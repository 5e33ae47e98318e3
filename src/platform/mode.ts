/** What the decision of a config file amounts to: it counts, it is only recorded, or it is only told. */
export const MODES = ['enforce', 'observe', 'dry_run'] as const;

export type Mode = (typeof MODES)[number];

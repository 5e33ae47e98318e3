/** The name of what stands in for a broken rule, so that the other rules keep their positions. */
export const PLACEHOLDER_RULE = '\uE000broken';

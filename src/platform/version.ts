/** The version of this program, put in by the build; tests and tools that run the sources see 0.0.0. */
declare const GUARD_VERSION: string | undefined;

export const VERSION: string = typeof GUARD_VERSION === 'undefined' ? '0.0.0' : GUARD_VERSION;

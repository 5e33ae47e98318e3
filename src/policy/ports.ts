/** A compiled regular expression that runs in time linear in its input. */
export interface LinearRegex {
  /** True when the expression matches anywhere in the text. */
  test(text: string): boolean;
}

/** What policy needs from outside; everything else about it is pure. */
export interface PolicyPorts {
  /** Compiles an expression of the RE2 language; throws with a readable message where it is not one. */
  readonly compileRegex: (pattern: string) => LinearRegex;
  /**
   * The canonical absolute form of a path: `~` and relative parts resolved against `baseDir`,
   * symlinks followed as far as the path exists. Undefined where it has none (control characters).
   */
  readonly canonicalPath: (text: string, baseDir: string) => string | undefined;
}

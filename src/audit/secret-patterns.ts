/**
 * Texts that give themselves away as secrets. Every pattern ends with its only unbounded part and
 * everything before that is bounded, so that no input makes a search go back: the time is linear.
 */

/** A secret known by its shape: what `redact` puts in its place is `[redacted:kind]`. */
interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
  /** What of the match stays, before the mark. */
  readonly keep?: (match: string) => string;
}

const PATTERNS: readonly SecretPattern[] = [
  { kind: 'aws-key', pattern: /(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}[0-9A-Z]*/g },
  { kind: 'github-token', pattern: /(?:gh[pousr]_[A-Za-z0-9]{20}[A-Za-z0-9]*|github_pat_\w{20}\w*)/g },
  { kind: 'gitlab-token', pattern: /glpat-[\w-]{16}[\w-]*/g },
  { kind: 'slack-token', pattern: /(?:xox[abeoprs]-[\w-]{10}[\w-]*|xapp-[\w-]{10}[\w-]*)/g },
  { kind: 'slack-webhook', pattern: /hooks\.slack\.com\/(?:services|workflows)\/[\w/]{8}[\w/]*/g },
  { kind: 'stripe-key', pattern: /(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{10}[A-Za-z0-9]*/g },
  { kind: 'anthropic-key', pattern: /sk-ant-[\w-]{16}[\w-]*/g },
  { kind: 'openai-key', pattern: /sk-[\w-]{20}[\w-]*/g },
  { kind: 'google-key', pattern: /(?:AIza[\w-]{35}[\w-]*|ya29\.[\w-]{20}[\w-]*|GOCSPX-[\w-]{20}[\w-]*)/g },
  { kind: 'npm-token', pattern: /npm_[A-Za-z0-9]{30}[A-Za-z0-9]*/g },
  { kind: 'huggingface-token', pattern: /hf_[A-Za-z0-9]{30}[A-Za-z0-9]*/g },
  { kind: 'bearer', pattern: /bearer[ \t]{1,8}[\w.~+/=-]{6}[\w.~+/=-]*/gi, keep: firstWord },
  {
    kind: 'authorization',
    pattern: /authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?[^\s"'][^\r\n"']*/gi,
    keep: upToSeparator,
  },
  {
    kind: 'password',
    pattern:
      /(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|token)[\w-]{0,20}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?[^\s"'&,;[][^\s"'&,;]*/gi,
    keep: upToSeparator,
  },
  { kind: 'url-password', pattern: /:\/\/[^\s/@:]{0,128}:[^\s/@]{1,256}@/g, keep: () => '://' },
];

/** The text with every secret of a known shape replaced by `[redacted:kind]`. */
export function redactPatterns(text: string): string {
  let shown = redactKeyBlocks(text);
  for (const { kind, pattern, keep } of PATTERNS) {
    shown = shown.replace(pattern, (match) => `${keep?.(match) ?? ''}[redacted:${kind}]`);
  }
  return redactTokens(shown);
}

const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_BLOCK_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** A private key that does not end is one all the same. */
function redactKeyBlocks(text: string): string {
  let shown = '';
  let from = 0;
  KEY_BLOCK.lastIndex = 0;
  for (let start = KEY_BLOCK.exec(text); start !== null; start = KEY_BLOCK.exec(text)) {
    shown += `${text.slice(from, start.index)}[redacted:private-key]`;
    KEY_BLOCK_END.lastIndex = KEY_BLOCK.lastIndex;
    from = KEY_BLOCK_END.exec(text) === null ? text.length : KEY_BLOCK_END.lastIndex;
    KEY_BLOCK.lastIndex = from;
  }
  return shown + text.slice(from);
}

/** JSON Web Tokens: looked for inside runs of their characters, each of which is read once. */
function redactTokens(text: string): string {
  if (!text.includes('eyJ')) return text;
  return text.replace(/[\w.-]+/g, (run) => {
    const start = run.indexOf('eyJ');
    // A header alone is no token; encrypted ones have four dots, unsecured ones end with one.
    const parts = start === -1 ? [] : run.slice(start).split('.');
    return parts.length >= 3 ? `${run.slice(0, start)}[redacted:jwt]` : run;
  });
}

function firstWord(match: string): string {
  return `${match.slice(0, match.search(/[ \t]/))} `;
}

function upToSeparator(match: string): string {
  return match.slice(0, match.search(/[:=]/) + 1);
}

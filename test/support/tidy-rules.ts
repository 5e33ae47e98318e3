import path from 'node:path';
import type { SourceFile } from './source-files.js';

const FILE_LINES_MAX = 250;
/** A table and nothing else: law 9 wants every bound in one file. */
const ENDLESS = 'src/platform/bounds.ts';
const FUNCTION_LINES_MAX = 70;

/** Which rooms a room may import. Data flows one way; what is not listed is upward or door to door. */
export const IMPORTS_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  jsonrpc: ['platform'],
  mcp: ['jsonrpc', 'platform'],
  policy: ['mcp', 'platform'],
  audit: ['platform'],
  limits: ['policy', 'mcp', 'platform'],
  approvals: ['policy', 'mcp', 'jsonrpc', 'platform'],
  control: ['platform'],
  pipeline: ['approvals', 'limits', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  upstream: ['mcp', 'jsonrpc', 'platform'],
  replay: ['pipeline', 'approvals', 'limits', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  conversation: ['pipeline', 'approvals', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  relay: ['conversation', 'upstream', 'platform'],
  gateway: ['conversation', 'upstream', 'pipeline', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  config: ['upstream', 'approvals', 'limits', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  tui: ['approvals', 'platform'],
  clients: ['platform'],
  dashboard: ['approvals', 'limits', 'policy', 'audit', 'mcp', 'jsonrpc', 'platform'],
  commands: [
    'relay',
    'gateway',
    'clients',
    'dashboard',
    'conversation',
    'upstream',
    'tui',
    'config',
    'replay',
    'pipeline',
    'approvals',
    'limits',
    'control',
    'policy',
    'audit',
    'mcp',
    'jsonrpc',
    'platform',
  ],
};

/** Rooms and files that take values and return values: no I/O, no clock, no randomness, no waiting. */
const PURE = [
  /^src\/policy\//,
  /^src\/replay\//,
  /^src\/audit\/(record|encode|json-text|filter|join|layout|find-text|time-reader|call-scan|call-stats|latency-histogram|joined-call|csv|otlp)\.ts$/,
  /^src\/audit\/call-index\/(piece|piece-merger)\.ts$/,
  /^src\/clients\/(table|formats|edit|survey)\//,
  /^src\/limits\/(ledger|ledger-record|fold|fold-clock|memory-ledger|pot|snapshot|amounts|budget|pots|marks|prerequisites|evidence|record-values)\.ts$/,
];

/** What is banned where, and what to use in its place. */
const BANNED: readonly { readonly what: RegExp; readonly except: RegExp; readonly say: string }[] = [
  {
    what: /\bDate\.now\b|\bnew Date\(\)/,
    except: /^src\/platform\/clock\.ts$/,
    say: 'use the Clock of platform/clock',
  },
  {
    what: /\bMath\.random\b|\bMath\[|\{[^{}]*\brandom\b[^{}]*\} = Math\b/,
    except: /^$/,
    say: 'randomness is a parameter: platform/random-fraction or node:crypto',
  },
  {
    what: /(?<!\b(?:printable|shownJson)\()\bJSON\.stringify\(/,
    except: /^(?!src\/commands\/)|^src\/commands\/(call-filter|tail-row|test|audit\/exporter)\.ts$/,
    say: 'JSON that is shown is made by shownJsonLine or fileText',
  },
  { what: /\bconsole\./, except: /^$/, say: 'notes go through platform/diagnostics' },
  {
    what: /\bprocess\.(env|argv|exit|exitCode|stdin|stdout|stderr|cwd)\b/,
    except: /^src\/(cli\.ts$|commands\/)/,
    say: 'only commands see the process: take it as a parameter',
  },
  { what: /\b(TODO|FIXME|XXX)\b/, except: /^$/, say: 'no TODO: do it or file it' },
  { what: /^export default\b/m, except: /^$/, say: 'no default export' },
  {
    what: /^(export )?const [A-Z0-9_]+_MAX\b/m,
    except: /^src\/platform\/bounds\.ts$/,
    say: 'bounds live in platform/bounds',
  },
];

/** Every house rule that the file breaks, each as a sentence. */
export function breaches(file: SourceFile): string[] {
  return [...sizes(file), ...names(file), ...imports(file), ...bans(file), ...purity(file)];
}

function sizes({ path: file, text }: SourceFile): string[] {
  const lines = text.split('\n').length - 1;
  const found =
    lines > FILE_LINES_MAX && file !== ENDLESS ? [`${lines} lines: more than ${FILE_LINES_MAX}`] : [];
  for (const { line, length } of functionsOf(text)) {
    if (length > FUNCTION_LINES_MAX)
      found.push(`line ${line}: function of ${length} lines, more than ${FUNCTION_LINES_MAX}`);
  }
  return found;
}

/** Functions and methods by their indentation, which the formatter keeps honest. */
function functionsOf(text: string): { line: number; length: number }[] {
  const lines = text.split('\n');
  const found: { line: number; length: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const head =
      /^( *)(?:export )?(?:async )?(?:function\b|(?:get |set |static |async )*#?\w+\(.*\)(?::[^=]*)? \{$|const \w+ = .*=> \{$)/.exec(
        line,
      );
    if (head === null || /^\s*(if|for|while|switch|return|else|catch)\b/.test(line)) continue;
    const end = lines.findIndex((other, at) => at > index && new RegExp(`^${head[1]}\\}`).test(other));
    if (end !== -1) found.push({ line: index + 1, length: end - index + 1 });
  }
  return found;
}

function names({ path: file }: SourceFile): string[] {
  const base = path.posix.basename(file);
  if (base === 'index.ts' && file !== 'src/index.ts') return ['a barrel: import the file that has it'];
  return file.split('/').some((part) => /^(utils?|helpers?|common|misc|manager|service)(\.tsx?)?$/.test(part))
    ? ['a name that says nothing']
    : [];
}

function imports(file: SourceFile): string[] {
  const room = file.path.split('/')[1] ?? '';
  const allowed = IMPORTS_ALLOWED[room];
  if (allowed === undefined) return [];
  return importsOf(file)
    .map((target) => target.split('/')[1] ?? '')
    .filter((other) => other !== room && !allowed.includes(other))
    .map((other) => `${room} may not import ${other}`);
}

function bans({ path: file, text }: SourceFile): string[] {
  const code = text.replaceAll(/^\s*(\*|\/\/).*$/gm, (comment) =>
    /TODO|FIXME|XXX/.test(comment) ? comment : '',
  );
  return BANNED.filter(({ what, except }) => !except.test(file) && what.test(code)).map(({ say }) => say);
}

function purity({ path: file, text }: SourceFile): string[] {
  if (!PURE.some((pattern) => pattern.test(file))) return [];
  return /from 'node:|\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\b/.test(
    text.replaceAll(/^\s*(\*|\/\/|\/\*\*).*$/gm, ''),
  )
    ? ['this room is pure: no I/O, no clock, no waiting']
    : [];
}

/** The project files that a file imports, statically or lazily. */
function importsOf(file: SourceFile): string[] {
  const found = [...file.text.matchAll(/(?:from|import\(|import) ?'(\.[^']+)'/g)];
  return found.map(([, target]) =>
    path.posix.join(path.posix.dirname(file.path), target ?? '').replace(/\.js$/, '.ts'),
  );
}

/** The files that are reached from the entries through imports. */
export function reachable(files: readonly SourceFile[], entries: readonly string[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const open = [...entries];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const file = byPath.get(next) ?? byPath.get(next.replace(/\.ts$/, '.tsx'));
    if (file === undefined || reached.has(file.path)) continue;
    reached.add(file.path);
    open.push(...importsOf(file));
  }
  return reached;
}

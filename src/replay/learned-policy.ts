import type { JsonValue } from '../platform/json.js';
import { PATTERN_CHARS_MAX } from '../platform/bounds.js';
import type { ArgumentBound } from './argument-bounds.js';
import { configText, configValue } from './config-text.js';
import type { Learned, RefusedCalls } from './learning.js';
import type { UsedSubject } from './used-subject.js';

/** What the head of a learned policy says of where it comes from. */
export interface LearnedFrom {
  readonly schemaUrl: string;
  /** Files of the log. */
  readonly files: readonly string[];
  /** Words for the period, such as `since 7d`. */
  readonly period: string;
}

/** How much of what was learned becomes conditions. */
export type Detail =
  | 'bounds'
  /** Names of servers, tools, resources and prompts only. */
  | 'names'
  /** Names of servers, methods and tools only. */
  | 'methods';

/**
 * The least policy that lets pass what was used, as the text of a config file: a rule per server and
 * tool with the counts behind it, destructive tools and those that a person was asked about with an
 * approval, everything else denied. `detailOf` says for each rule how narrow it may be.
 */
export function learnedPolicyText(
  learned: Learned,
  from: LearnedFrom,
  detailOf: (subject: UsedSubject) => Detail,
): string {
  const names = new Set<string>();
  const rules = learned.subjects.map((subject) => ruleText(subject, detailOf(subject), names));
  return [
    ...headLines(learned, from),
    "version: '1'",
    'policies:',
    '  # What was not used is denied.',
    '  default: deny',
    rules.length === 0 ? '  rules: []' : '  rules:',
    ...rules,
    ...tailLines(learned),
  ]
    .join('\n')
    .concat('\n');
}

function headLines(
  { calls, unnamed, further }: Learned,
  { schemaUrl, files, period }: LearnedFrom,
): string[] {
  return [
    `# yaml-language-server: $schema=${schemaUrl}`,
    '#',
    `# What was used, as a policy: ${calls} calls, ${period}, from`,
    ...files.map((file) => `#   ${configText(file)}`),
    '# Each rule says how often. Read it before you use it: what was used is not always what should be.',
    '# Next: guard simulate --policy this-file, then guard test, then put it in force.',
    '#',
    '# The log holds no hints of tools, so what is destructive is told by names such as delete or drop.',
    ...(unnamed === 0 ? [] : [`# ${unnamed} calls have names that no rule can hold: they are not covered.`]),
    ...(further === 0
      ? []
      : [`# ${further} calls of further tools are not covered: there are too many tools.`]),
  ];
}

function ruleText(subject: UsedSubject, detail: Detail, names: Set<string>): string {
  const { server, method, tool, targets, bounds } = subject;
  const needsPerson = approvalReason(subject);
  const lines = [
    ...commentLines(subject, detail).map((line) => `    # ${line}`),
    ...(needsPerson === undefined ? [] : [`    # A person is asked: ${needsPerson}.`]),
    `    - name: ${uniqueName(subject, names)}`,
    '      match:',
    `        server: ${patternText(server)}`,
    tool === null ? `        method: ${patternText(method)}` : `        tool: ${patternText(tool)}`,
    ...(targets === undefined || detail === 'methods'
      ? []
      : [`        ${targets.key}: [${targets.names.map(patternText).join(', ')}]`]),
    ...(detail === 'bounds' ? boundLines(bounds) : []),
    `      action: ${needsPerson === undefined ? 'allow' : 'require_approval'}`,
  ];
  return lines.join('\n');
}

function commentLines(subject: UsedSubject, detail: Detail): string[] {
  const { calls, observed, agents, firstTs, lastTs, unbounded, bounds } = subject;
  const who = agents.length === 0 ? '' : ` by ${agents.slice(0, AGENTS_SHOWN).map(configText).join(', ')}`;
  const others = agents.length > AGENTS_SHOWN ? ' and others' : '';
  const lines = [`${countText(calls)}${who}${others}, ${configText(firstTs)} to ${configText(lastTs)}`];
  if (observed > 0) lines.push(`${countText(observed)} passed only since a layer observes`);
  if (unbounded !== undefined) lines.push(`no bounds on its arguments: ${unbounded}`);
  else if (bounds.length > 0 && detail !== 'bounds') {
    lines.push('no bounds on its arguments: those that its calls suggest did not hold for all of them');
  }
  return lines;
}

const AGENTS_SHOWN = 4;

function boundLines(bounds: readonly ArgumentBound[]): string[] {
  const written = bounds.filter(isWritable);
  if (written.length === 0) return [];
  return [
    '        input:',
    ...written.flatMap(({ path, condition, why }) => [
      `          # ${why}`,
      `          ${configText(path)}: ${configValue(condition as JsonValue)}`,
    ]),
  ];
}

/** Keys are read as they stand, so one with `${` would seem to name a variable. */
function isWritable({ path }: ArgumentBound): boolean {
  return path.length <= PATTERN_CHARS_MAX && !path.includes('${');
}

/** Words in names of tools that take away what cannot be had back. */
const DESTRUCTIVE: ReadonlySet<string> = new Set([
  'clear',
  'delete',
  'destroy',
  'drop',
  'erase',
  'force',
  'kill',
  'overwrite',
  'prune',
  'purge',
  'remove',
  'reset',
  'revoke',
  'rm',
  'terminate',
  'truncate',
  'uninstall',
  'unlink',
  'wipe',
]);

/** Why a person is to be asked; undefined where none is. */
function approvalReason({ tool, approved }: UsedSubject): string | undefined {
  if (approved > 0) return `${countText(approved)} passed only with an approval`;
  const word = tool === null ? undefined : wordsOf(tool).find((one) => DESTRUCTIVE.has(one));
  return word === undefined ? undefined : `the name says ${word}`;
}

/** The words of `deleteFile`, `delete_file` and `files.delete`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** A name of plain letters: what a server called itself does not get into records as a rule's name. */
function uniqueName({ server, method, tool }: UsedSubject, names: Set<string>): string {
  const plain = `${server}-${tool ?? method}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const base = plain.slice(0, RULE_NAME_CHARS).replaceAll(/^-+|-+$/g, '') || 'rule';
  let name = `used-${base}`;
  for (let count = 2; names.has(name); count += 1) name = `used-${base}-${count}`;
  names.add(name);
  return name;
}

const RULE_NAME_CHARS = 64;

/** A pattern that matches this name and no other. */
function patternText(name: string): string {
  return configText(name.replaceAll(/[*?\\]/g, String.raw`\$&`));
}

function tailLines({ refused, furtherRefused }: Learned): string[] {
  if (refused.length === 0) return [];
  return [
    '',
    '# Not allowed then, and not by these rules:',
    ...refused.map(refusedLine),
    ...(furtherRefused === 0 ? [] : [`# ${furtherRefused} more in further ways`]),
  ];
}

function refusedLine({ server, what, decision, rule, reason, count }: RefusedCalls): string {
  const by = rule === null ? '' : ` by ${configText(rule)}`;
  return `# ${String(count).padStart(7)}  ${configText(server)} ${configText(what)}: ${configText(decision)}${by}, ${configText(reason)}`;
}

function countText(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`;
}

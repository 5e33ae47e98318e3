import { EXIT_CODES } from '../platform/errors.js';
import { VERSION } from '../platform/version.js';
import { commandName } from './command.js';
import { optionLines } from './help-command.js';
import { definitions, indented, INDENT, section, type Look } from './help-text.js';
import { HELP_OPTION, SECTIONS, VERSION_OPTION } from './table.js';
import { wrapCommand } from './wrap-options.js';

const STEPS = [
  '1. guard init --preset balanced writes a policy, guard.yaml, into this folder.',
  "2. In your client's config, write guard -- before the command of an MCP server.",
  '3. guard tail shows its calls as they happen; guard approve answers those that wait for you.',
];

/** When the program ends with which code; docs/cli.md says more. */
const EXITS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ok: "done; behind guard --, the server's own code",
  findings: 'it was done, and a person should look: mistakes, open switches, an answer that did not count',
  error: 'guard could not do it; the line on stderr says why',
  notExecutable: "the server's command may not be executed",
  notFound: "the server's command was not found",
};

/** What a newcomer sees: what guard is, the first steps, all commands by what they are for. */
export function overview(look: Look): string {
  const parts = [
    indented(`guard ${VERSION}: a governed door in front of MCP servers`, '', look).join('\n'),
    section(
      'Usage',
      [`${INDENT}guard [options] -- command [args]`, `${INDENT}guard <command> [options]`],
      look,
    ),
    section(
      'First steps',
      STEPS.flatMap((step) => indented(step, INDENT, look)),
      look,
    ),
    ...SECTIONS.map(({ title, commands }) =>
      section(
        title,
        definitions(
          commands.map((command) => [commandName(command) || '-- command', command.summary]),
          look,
        ),
        look,
      ),
    ),
    section(
      'Options of guard -- command',
      optionLines([...wrapCommand.options, HELP_OPTION, VERSION_OPTION], look),
      look,
    ),
    section(
      'Examples',
      wrapCommand.examples.map((example) => INDENT + example),
      look,
    ),
    section(
      'Exit codes',
      definitions(
        Object.entries(EXIT_CODES).map(([name, code]) => [
          String(code),
          EXITS[name as keyof typeof EXIT_CODES],
        ]),
        look,
      ),
      look,
    ),
    indented(
      'guard help <command> shows its options with examples. Read on: https://www.npmjs.com/package/mcp-guard',
      '',
      look,
    ).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

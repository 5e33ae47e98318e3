import { Chalk } from 'chalk';
import { loadConfig } from '../config/load.js';
import { clientRequestHandling } from '../mcp/methods.js';
import { EXIT_CODES } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { explain } from '../policy/explain.js';
import { printText } from './check-print.js';
import type { Run, Tools } from './command.js';
import { subjectOf } from './explain-subject.js';
import { explanationText } from './explain-view.js';
import { textOption } from './text-option.js';

/** Explains the decision about one call; 0 whatever the decision is. */
export const run: Run = async (input, tools) => {
  const subject = subjectOf(input);
  const config = await loadConfig({
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
  });
  const explanation = explain(config.policy, subject);
  if (input.options['json'] === true) {
    await printText(tools.stdout, fileText({ subject, ...explanation }));
    return EXIT_CODES.ok;
  }
  const handling = clientRequestHandling(subject.method);
  if (handling !== undefined && handling !== 'governed') {
    await printText(tools.stdout, `${subject.method} is not judged by policy: guard passes it on.\n`);
    return EXIT_CODES.ok;
  }
  await printText(
    tools.stdout,
    explanationText(explanation, config, new Chalk({ level: colorLevel(tools) })),
  );
  return EXIT_CODES.ok;
};

/** https://no-color.org: any text in NO_COLOR switches color off. */
export function colorLevel({ env, stdout }: Tools): 0 | 1 {
  const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb' || !stdout.isTTY;
  return isPlain && (env['FORCE_COLOR'] ?? '') === '' ? 0 : 1;
}

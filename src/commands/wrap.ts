import path from 'node:path';
import type { LoadOptions } from '../config/compile-layers.js';
import { draftConfig } from '../config/draft-config.js';
import { createDiagnostics } from '../platform/diagnostics.js';
import { GuardError } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import type { Run } from './command.js';
import type { ShownText } from './shown-text.js';
import { textOption } from './text-option.js';
import { readTarget, startUpstream } from './wrap-target.js';

/**
 * Runs one server behind guard until the client or the server ends; resolves with the server's exit
 * code. The server is started before the policy is even loaded, since the client waits for both: it
 * gets no byte before the policy is in force.
 */
export const run: Run = async (input, tools) => {
  const target = readTarget(input, tools.env);
  // Told to read its config again before there is any, guard goes on; unhandled, the signal would end it.
  process.on('SIGHUP', () => undefined);
  const shown: ShownText = { mask: (text) => text };
  const diagnostics = createDiagnostics((line) => tools.stderr.write(shown.mask(line)));
  if (input.options['observe'] === true && input.options['dryRun'] === true) {
    throw new GuardError('usage', 'expected --observe or --dry-run, got both', {
      hint: '--observe lets every call pass, --dry-run none',
    });
  }
  const auditFile = textOption(input, 'audit');
  const options: LoadOptions = {
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
    observe: input.options['observe'] === true,
    dryRun: input.options['dryRun'] === true,
    auditFile: auditFile === undefined ? undefined : path.resolve(tools.cwd, auditFile),
  };
  const draft = await draftConfig(options);
  const upstream = await startUpstream(target, tools, draft.secretNames, diagnostics);
  const { runSession } = await import('./wrap-session.js');
  return runSession({ draft, upstream, input, tools, target, diagnostics, shown });
};

import { loadConfig } from '../config/load.js';
import type { LoadedConfig } from '../config/load.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { createSimulation } from '../replay/simulation.js';
import { printText } from './check-print.js';
import type { CommandInput, Run, Tools } from './command.js';
import { loadPolicyFile } from './policy-file.js';
import { logFilesOf, periodOf, replayFiles } from './replay-log.js';
import { simulationText } from './simulate-text.js';
import { textOption } from './text-option.js';

/** Replays the audit log; 0, or 2 with `--fail-on-change` where a decision changes or cannot be told. */
export const run: Run = async (input, tools) => {
  if (input.args.length > 0) {
    throw new GuardError('usage', `guard simulate takes no words, got "${input.args.join(' ')}"`, {
      hint: 'name the policy with --policy',
    });
  }
  const period = periodOf(input, tools);
  const files = await logFilesOf(input, tools);
  const config = await policyOf(input, tools);
  const simulation = createSimulation(config, period);
  const troubles = await replayFiles(files, (record) => simulation.push(record), tools);
  const result = simulation.result();
  const isSame = result.changed === 0 && result.undecidable === 0;
  const whole = { ok: isSame, ...result, unreadableLines: troubles };
  await printText(tools.stdout, input.options['json'] === true ? fileText(whole) : simulationText(result));
  return input.options['failOnChange'] === true && !isSame ? EXIT_CODES.error : EXIT_CODES.ok;
};

async function policyOf(input: CommandInput, tools: Tools): Promise<LoadedConfig> {
  const file = textOption(input, 'policy');
  if (file !== undefined) return loadPolicyFile(file, tools, { withSystem: true, enforced: true });
  const { cwd, env } = tools;
  return loadConfig({ cwd, env, paths: guardPaths(env) });
}

import path from 'node:path';
import { draftLayer } from '../config/draft.js';
import { validateLayer } from '../config/layers.js';
import type { LayerFile } from '../config/layers.js';
import { tryLoadConfig } from '../config/load.js';
import type { LoadedConfig, LoadOptions, LoadResult } from '../config/load.js';
import { mistakeText } from '../config/mistakes.js';
import type { Mistake } from '../config/mistakes.js';
import { readConfigText } from '../config/read-file.js';
import { layerWarnings, nothingEnforced } from '../config/warnings.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { printText } from './check-print.js';
import type { Run } from './command.js';
import { layerOfFile } from './policy-file.js';
import { textOption } from './text-option.js';

/** Validates the config; 0 without mistakes, 1 with, and a GuardError where a file cannot be read. */
export const run: Run = async (input, tools) => {
  const file = input.args[0];
  const options: LoadOptions = {
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
  };
  const result = file === undefined ? await tryLoadConfig(options) : await checkFile(file, options);
  const warnings = [
    ...result.files.files.flatMap(layerWarnings),
    ...(result.ok ? nothingEnforced(result.files.files) : []),
    ...(file === undefined ? [] : result.files.files.flatMap(ownerWarnings)),
  ];
  const mistakes = result.ok ? [] : result.mistakes;
  const config = result.ok ? result.config : undefined;
  const isJson = input.options['json'] === true;
  await printText(
    tools.stdout,
    isJson ? jsonReport(config, mistakes, warnings) : textReport(config, mistakes, warnings),
  );
  return result.ok ? EXIT_CODES.ok : EXIT_CODES.findings;
};

/** One file by itself, as the layer that it would be: the project's where the search finds it. */
async function checkFile(file: string, options: LoadOptions): Promise<LoadResult> {
  const target = path.resolve(options.cwd, file);
  const location = await layerOfFile(target, options.paths.userConfigDir);
  return tryLoadConfig(options, {
    located: { layers: [location], candidates: [target], notes: [] },
    files: [validateLayer(draftLayer(location), options.env, undefined)],
  });
}

/** A file that is being written may have any mode; guard refuses to start with it all the same. */
function ownerWarnings(file: LayerFile): Mistake[] {
  if (file.layer === 'project') return [];
  try {
    readConfigText(file.path, 'owner-only');
    return [];
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [
      {
        file: file.path,
        line: 1,
        column: 1,
        path: '',
        message: `guard will not start with this file: ${error.message}`,
        ...hint,
      },
    ];
  }
}

function jsonReport(
  config: LoadedConfig | undefined,
  mistakes: readonly Mistake[],
  warnings: readonly Mistake[],
): string {
  const layers = config?.layers ?? [];
  return fileText({ ok: config !== undefined, layers, mistakes, warnings, notes: config?.notes ?? [] });
}

function textReport(
  config: LoadedConfig | undefined,
  mistakes: readonly Mistake[],
  warnings: readonly Mistake[],
): string {
  const lines = [
    ...mistakes.map(mistakeText),
    ...warnings.map((warning) => `warning: ${mistakeText(warning)}`),
  ];
  if (config === undefined) {
    lines.push(`${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`);
    return `${lines.join('\n')}\n`;
  }
  lines.push(...config.notes.map((note) => printable(note)));
  for (const { layer, path: file, mode, rules } of config.layers) {
    lines.push(
      `${layer.padEnd(8)}${mode.padEnd(9)}${rules} ${rules === 1 ? 'rule' : 'rules'}  ${printable(file)}`,
    );
  }
  lines.push(config.layers.length === 0 ? 'nothing to check' : 'ok');
  return `${lines.join('\n')}\n`;
}

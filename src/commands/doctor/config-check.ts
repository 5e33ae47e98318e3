import { mistakeText } from '../../config/mistakes.js';
import { layerWarnings } from '../../config/warnings.js';
import { type DoctorCheck, fine, problem, warning } from './doctor-check.js';

/** Whether the config can be used. */
export const configCheck: DoctorCheck = {
  name: 'config',
  run({ config }) {
    // That no file could be read was told before.
    if (config === undefined) return [];
    const warnings = config.files.files.flatMap(layerWarnings).map((found) => warning(mistakeText(found)));
    if (!config.ok) {
      return [...config.mistakes.map((mistake) => problem(mistakeText(mistake), 'guard check')), ...warnings];
    }
    const { layers, mode } = config.config;
    if (layers.length === 0) {
      return [warning('no config file: guard records calls and blocks none', 'guard init')];
    }
    return [...layers.map(({ layer, path }) => fine(`${layer} ${path}, mode ${mode}`)), ...warnings];
  },
};

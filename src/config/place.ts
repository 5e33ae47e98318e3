import type { Secrets } from './interpolate.js';
import type { ValueMistake } from './issues.js';
import type { LayerFile } from './layers.js';
import type { Mistake } from './mistakes.js';
import { pathText } from './mistakes.js';

/** A mistake of a value at its place in the file. */
export function placed(mistake: ValueMistake, file: string, locate: LayerFile['locate']): Mistake {
  const { line, column } = locate(mistake.path, mistake.at);
  const { message, hint } = mistake;
  return {
    file,
    line,
    column,
    path: pathText(mistake.path),
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Messages can quote patterns and names that were interpolated. */
export function withoutSecrets(mistake: Mistake, secrets: Secrets): Mistake {
  const hide = (text: string): string =>
    secrets.values.reduce((shown, value) => shown.replaceAll(value, '[secret]'), text);
  const { message, hint, path } = mistake;
  return {
    ...mistake,
    path: hide(path),
    message: hide(message),
    ...(hint === undefined ? {} : { hint: hide(hint) }),
  };
}

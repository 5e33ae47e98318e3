import type { Tools } from './command.js';

/** An option on the command line comes before FORCE_COLOR, that before NO_COLOR, that before the terminal. */
export function wantsColors(color: unknown, { env, stdout }: Pick<Tools, 'env' | 'stdout'>): boolean {
  if (color === false) return false;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stdout.isTTY;
}

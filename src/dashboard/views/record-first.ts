import { isGuardError } from '../../platform/errors.js';
import { printable } from '../../platform/printable.js';
import { Stop } from '../http/reply.js';

/** Writes a record before what it tells is done: what cannot be recorded is not done. Throws Stop `unavailable`. */
export function recordFirst(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isGuardError(error)) throw error;
    throw new Stop('unavailable', `it cannot be recorded, so it is not done: ${printable(error.message)}`);
  }
}

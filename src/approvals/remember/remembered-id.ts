import { randomId } from '../../platform/random-id.js';

/** The id of a new entry. */
export function createRememberedId(): string {
  return randomId('rem_', 12);
}

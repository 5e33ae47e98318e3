import { CLIENTS } from '../../clients/table/clients.js';
import type { Client } from '../../clients/table/client.js';
import type { Reach } from '../../clients/files/expand-place.js';
import { GuardError } from '../../platform/errors.js';
import type { CommandInput } from '../command.js';
import { textListOption } from '../text-option.js';

/** Which clients, and whose files. */
export interface ClientChoice {
  readonly clients: readonly Client[];
  readonly reach: Reach;
  /** Whether clients were named. */
  readonly isNamed: boolean;
}

/** Reads `--client`, `--project` and `--all`. Throws GuardError `usage`. */
export function chooseClients(input: CommandInput): ClientChoice {
  const [stray] = input.args;
  const names = textListOption(input, 'client').flatMap((text) => text.split(','));
  if (stray !== undefined) {
    throw new GuardError('usage', `expected no words, got "${stray}"`, {
      hint: 'name clients with --client NAME',
    });
  }
  const isAll = input.options['all'] === true;
  const isProject = input.options['project'] === true;
  if (isAll && isProject) throw new GuardError('usage', '--all and --project exclude each other');
  const reach = isAll ? 'all' : isProject ? 'project' : 'user';
  const clients = names.map((name) => {
    const client = CLIENTS.find(({ id }) => id === name);
    if (client !== undefined) return client;
    throw new GuardError('usage', `guard knows no client "${name}"`, {
      hint: `known are: ${CLIENTS.map(({ id }) => id).join(', ')}`,
    });
  });
  return { clients: clients.length === 0 ? CLIENTS : clients, reach, isNamed: clients.length > 0 };
}

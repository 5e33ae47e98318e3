import type { Command } from './command.js';

/** `guard doctor`: whether what guard needs is there. */
export const doctorCommand: Command = {
  usage: 'doctor',
  summary: 'check config, files, servers, clients, ports, issuer and clock, and say what to do',
  options: [
    { flags: '--config <file>', summary: "config file to use in place of the user's and the project's" },
    { flags: '--no-start', summary: 'start no server for a look' },
    {
      flags: '--start-clients',
      summary: 'start each guarded server of your clients as its client would, and time it',
    },
    { flags: '--json', summary: 'print the result as JSON' },
  ],
  examples: ['guard doctor', 'guard doctor --start-clients'],
  load: () => import('./doctor.js'),
};

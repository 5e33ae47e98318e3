import type { Command } from './command.js';

/** `guard test`: policy tests, as unit tests run. */
export const testCommand: Command = {
  usage: 'test [...files]',
  summary: 'run policy tests: calls and what is expected to become of them',
  options: [
    { flags: '--config <file>', summary: 'policy file to test, in place of the one that the tests name' },
    { flags: '--filter <text>', summary: 'only tests whose name contains this text, in any case' },
    { flags: '--junit <file>', summary: 'write the result as JUnit XML too' },
    { flags: '--json', summary: 'print the result as JSON' },
    { flags: '--no-color', summary: 'no colors' },
  ],
  examples: ['guard test policy.test.yaml', 'guard test tests/*.yaml --config guard.yaml --junit report.xml'],
  load: () => import('./test.js'),
};

import type { Command } from './command.js';

/** `guard completion`: what lets a shell complete guard's words. */
export const completionCommand: Command = {
  usage: 'completion <shell>',
  summary: 'print the completions for a shell: bash, zsh or fish',
  words: ['bash', 'zsh', 'fish'],
  options: [],
  examples: [
    'source <(guard completion bash)',
    'guard completion zsh > "${fpath[1]}/_guard"',
    'guard completion fish > ~/.config/fish/completions/guard.fish',
  ],
  load: () => import('./completion.js'),
};

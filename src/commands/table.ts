import type { Command } from './command.js';
import { wrapCommand } from './wrap-options.js';

/** Every command of the program, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [wrapCommand];

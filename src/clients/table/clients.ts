import { CLI_CLIENTS } from './cli-clients.js';
import type { Client } from './client.js';
import { DESKTOP_CLIENTS } from './desktop-clients.js';
import { EDITOR_CLIENTS } from './editor-clients.js';
import { FURTHER_CLIENTS } from './further-clients.js';

/** Every client that guard knows. */
export const CLIENTS: readonly Client[] = [
  ...CLI_CLIENTS,
  ...DESKTOP_CLIENTS,
  ...EDITOR_CLIENTS,
  ...FURTHER_CLIENTS,
];

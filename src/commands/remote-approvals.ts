import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiClient } from '../dashboard/client/api-client.js';
import { createRemoteBoard, type RemoteBoard } from '../dashboard/client/remote-board.js';
import { GuardError, messageOf } from '../platform/errors.js';
import { isLoopbackHost } from '../platform/loopback.js';
import type { ApproverHand } from './approver-hand.js';
import type { CommandInput, Tools } from './command.js';
import { textOption } from './text-option.js';

/** The board of the guard that `--url` names, with what waits there now. Throws GuardError `usage`, `dashboard-unreachable`. */
export async function openRemoteBoard(
  url: string,
  input: CommandInput,
  tools: Tools,
  hand: ApproverHand,
): Promise<RemoteBoard> {
  const address = addressOf(url);
  const secret = secretOf(input, tools);
  const client = new ApiClient({ url: address, secret, name: hand.approver.name });
  const board = createRemoteBoard(client, tools.clock);
  await board.refresh();
  return board;
}

/** Whoever answers from afar: keys are opened where the call is held, and nowhere else. */
export function remoteHand(hand: ApproverHand): ApproverHand {
  return {
    approver: hand.approver,
    signing: () => ({
      kind: 'impossible',
      why: 'the answer must be signed, on the machine that holds the call: guard approve ID there',
    }),
    unlock: () => Promise.resolve('keys are opened on the machine that holds the call'),
  };
}

function addressOf(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  const isEncrypted = url?.protocol === 'https:';
  if (url !== undefined && (isEncrypted || (url.protocol === 'http:' && isLoopbackHost(url.hostname)))) {
    return url.origin;
  }
  throw new GuardError('usage', '--url: expected https://…, or http:// on this machine', {
    hint: 'the secret is sent there: put a proxy with TLS before the dashboard, or use an SSH tunnel',
  });
}

function secretOf(input: CommandInput, { env, cwd }: Tools): string {
  const file = textOption(input, 'secretFile');
  if (file === undefined) {
    const secret = env['GUARD_DASHBOARD_SECRET'] ?? '';
    if (secret !== '') return secret;
    throw new GuardError('usage', '--url needs the secret of that dashboard', {
      hint: 'set GUARD_DASHBOARD_SECRET, or name a file with --secret-file',
    });
  }
  try {
    return readFileSync(path.resolve(cwd, file), 'utf8').trim();
  } catch (error) {
    throw new GuardError('usage', `--secret-file: ${messageOf(error)}`, { cause: error });
  }
}

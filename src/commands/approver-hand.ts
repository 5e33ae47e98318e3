import { userInfo } from 'node:os';
import type { Approver } from '../approvals/board.js';
import { approverKeyPath, readApproverKey } from '../approvals/signing/approver-key-file.js';
import { unlockApproverKey } from '../approvals/signing/approver-key.js';
import { messageOf } from '../platform/errors.js';
import { guardPaths } from '../platform/paths.js';
import type { CommandInput, Tools } from './command.js';
import { textOption } from './text-option.js';

/** The person who answers: a name, and a key once it is open. */
export interface ApproverHand {
  /** Signs from the moment on at which the key is open; the key is nowhere but in this process. */
  readonly approver: Approver;
  /** Whether answers can be signed: at once, after the passphrase, or why not. */
  signing():
    | { readonly kind: 'ready' }
    | { readonly kind: 'locked' }
    | { readonly kind: 'impossible'; readonly why: string };
  /** Opens the key; resolves with what was wrong. */
  unlock(passphrase: string): Promise<string | undefined>;
}

/** Who answers by the words of the command line; a program without a terminal shows no person. */
export function approverHand(input: CommandInput, tools: Tools): ApproverHand {
  const name = textOption(input, 'as') ?? userName();
  const isTerminal = tools.stdin.isTTY && tools.stdout.isTTY;
  const approver: { -readonly [Key in keyof Approver]: Approver[Key] } = {
    name,
    presence: isTerminal ? 'terminal' : 'script',
  };
  const key = (): ReturnType<typeof readApproverKey> =>
    readApproverKey(approverKeyPath(guardPaths(tools.env).userConfigDir, name));
  return {
    approver,
    signing() {
      if (approver.sign !== undefined) return { kind: 'ready' };
      try {
        key();
        return { kind: 'locked' };
      } catch (error) {
        return {
          kind: 'impossible',
          why: `the answer must be signed, and ${messageOf(error)}: guard approver enroll`,
        };
      }
    },
    async unlock(passphrase) {
      try {
        approver.sign = await unlockApproverKey(key(), passphrase);
        approver.presence = 'signature';
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  };
}

/** The system's name of the user; a container may run users without one. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

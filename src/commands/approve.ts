import type { ApprovalBoard } from '../approvals/board.js';
import type { RememberScope } from '../approvals/request.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { printable } from '../platform/printable.js';
import { answerRequests, reasonOption } from './answer-requests.js';
import { listJson, listText } from './approve-list.js';
import { type AnsweringPlace, placeOf } from './answering-place.js';
import { printText } from './check-print.js';
import type { CommandInput, Run, Tools } from './command.js';
import { askPassphrase } from './passphrase.js';
import { textOption } from './text-option.js';

/** Shows what waits and takes answers: a screen on a terminal, a list elsewhere, or the ids that are named. */
export const run: Run = async (input, tools) => {
  const request = readRequest(input, tools);
  const place = await placeOf(input, tools);
  const { board, hand } = place;
  try {
    switch (request.kind) {
      case 'list':
        return await list(board, request.json, tools);
      case 'screen':
        return await screen(place, input, tools);
      case 'answer':
        return await answerRequests(
          input.args,
          { decision: 'approved', reason: reasonOption(input), remember: request.remember },
          {
            board,
            hand,
            askPassphrase: () => askPassphrase(tools, 'passphrase: '),
            save: place.save,
            print: (line) => printText(tools.stdout, `${line}\n`),
          },
        );
    }
  } finally {
    board.close();
  }
};

type ApproveRequest =
  | { readonly kind: 'list'; readonly json: boolean }
  | { readonly kind: 'screen' }
  | { readonly kind: 'answer'; readonly remember: RememberScope | null };

function readRequest(input: CommandInput, { stdin, stdout }: Tools): ApproveRequest {
  const { options, args } = input;
  const json = options['json'] === true;
  const remember = scopeOption(input);
  if (args.length > 0) {
    if (json || options['list'] === true) {
      throw new GuardError('usage', 'expected either ids or --list, got both', {
        hint: 'guard approve --list',
      });
    }
    return { kind: 'answer', remember };
  }
  if (remember !== null || options['reason'] !== undefined) {
    throw new GuardError('usage', '--remember and --reason go with the ids of calls, got none', {
      hint: 'guard approve --list shows the ids',
    });
  }
  const isTerminal = stdin.isTTY && stdout.isTTY;
  return json || options['list'] === true || !isTerminal ? { kind: 'list', json } : { kind: 'screen' };
}

const SCOPES: readonly RememberScope[] = ['session', 'project', 'user'];

function scopeOption(input: CommandInput): RememberScope | null {
  const text = textOption(input, 'remember');
  if (text === undefined) return null;
  const scope = SCOPES.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new GuardError('usage', `--remember: expected session, project or user, got "${printable(text)}"`, {
    hint: 'guard approve ID --remember session',
  });
}

async function list(board: ApprovalBoard, json: boolean, tools: Tools): Promise<number> {
  for (const trouble of board.troubles()) await printText(tools.stderr, `guard: ${trouble}\n`);
  await printText(tools.stdout, json ? listJson(board) : listText(board));
  return EXIT_CODES.ok;
}

async function screen(
  { board, hand, save }: AnsweringPlace,
  input: CommandInput,
  tools: Tools,
): Promise<number> {
  const { env, stdin, stdout, stderr, signal, clock } = tools;
  // Ink is large, and only a screen needs it.
  const { runScreen } = await import('../tui/run-screen.js');
  const isPlain =
    input.options['color'] === false || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  await runScreen({
    board,
    clock,
    stdin,
    stdout,
    stderr,
    signal,
    signing: () => hand.signing(),
    unlock: (passphrase) => hand.unlock(passphrase),
    save,
    colors: !isPlain,
    bell: input.options['bell'] !== false,
    notify: input.options['notify'] === true,
    isSpoken: env['INK_SCREEN_READER'] === 'true',
  });
  return EXIT_CODES.ok;
}

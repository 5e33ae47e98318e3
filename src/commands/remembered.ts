import { isExpired } from '../approvals/remember/match-remembered.js';
import { readRememberedFile } from '../approvals/remember/remembered-file.js';
import { isSigned } from '../approvals/remember/remembered-format.js';
import { revokeRemembered } from '../approvals/remember/remembered-store.js';
import { type ApproverSet, createApproverSet } from '../approvals/signing/approver-set.js';
import { tryLoadConfig } from '../config/load.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { stateFiles } from '../platform/state-files.js';
import { printText } from './check-print.js';
import type { CommandInput, Run, Tools } from './command.js';
import { type ListedEntry, rememberedTable } from './remembered-list.js';

/** Lists the remembered answers or revokes some. Throws GuardError `usage`, `remembered-unreadable`. */
export const run: Run = async (input, tools) => {
  const [action, ...ids] = input.args;
  if (action === undefined) return list(input, tools);
  if (action === 'revoke') return revoke(input, ids, tools);
  throw new GuardError('usage', `expected revoke or nothing, got ${printable(action)}`, {
    hint: 'guard remembered revoke ID',
  });
};

async function list({ options }: CommandInput, tools: Tools): Promise<number> {
  if (options['all'] === true || options['expired'] === true) {
    throw new GuardError('usage', '--all and --expired belong to revoke', {
      hint: 'guard remembered revoke --expired',
    });
  }
  const file = stateFiles(guardPaths(tools.env)).remembered;
  const found = readRememberedFile(file);
  if ('trouble' in found) {
    throw new GuardError('remembered-unreadable', `${file} ${found.trouble}: no remembered answer counts`, {
      hint: `mend the file, or move it away: mv ${file} ${file}.broken`,
    });
  }
  const approvers = await approversInForce(tools);
  const nowMs = tools.clock.wallMs();
  const entries = found.entries.map((entry): ListedEntry => {
    if (isExpired(entry, nowMs)) return { ...entry, counts: false, why: 'expired' };
    if (approvers.required && !isSigned(entry, approvers)) {
      return { ...entry, counts: false, why: 'not signed by an enrolled approver' };
    }
    return { ...entry, counts: true, why: null };
  });
  const text = options['json'] === true ? fileText(entries) : rememberedTable(entries);
  await printText(tools.stdout, text);
  return EXIT_CODES.ok;
}

async function revoke({ options }: CommandInput, ids: readonly string[], tools: Tools): Promise<number> {
  const which = whichOf(options, ids);
  const file = stateFiles(guardPaths(tools.env)).remembered;
  const gone = await revokeRemembered(file, which, tools.clock.wallMs());
  const unknown = ids.filter((id) => !gone.some((entry) => entry.id === id));
  const text =
    options['json'] === true
      ? fileText(gone)
      : gone.map(({ id }) => `revoked ${id}\n`).join('') || 'nothing to revoke\n';
  await printText(tools.stdout, text);
  if (unknown.length === 0) return EXIT_CODES.ok;
  throw new GuardError(
    'usage',
    `there is no remembered answer ${unknown.map((id) => printable(id)).join(', ')}`,
    {
      hint: 'guard remembered lists them',
    },
  );
}

function whichOf(
  options: CommandInput['options'],
  ids: readonly string[],
): readonly string[] | 'all' | 'expired' {
  const chosen = [ids.length > 0, options['all'] === true, options['expired'] === true];
  if (chosen.filter(Boolean).length !== 1) {
    throw new GuardError('usage', 'expected ids, --all or --expired, and only one of them', {
      hint: 'guard remembered shows the ids',
    });
  }
  if (options['all'] === true) return 'all';
  return options['expired'] === true ? 'expired' : ids;
}

/** The approvers that the config names. With a broken config no guard runs, so nothing is said of signatures. */
async function approversInForce({ cwd, env, stderr }: Tools): Promise<ApproverSet> {
  const loaded = await tryLoadConfig({ cwd, env, paths: guardPaths(env), configFile: undefined });
  if (loaded.ok) return createApproverSet(loaded.config.settings.approval.approvers);
  stderr.write('guard: the config has mistakes (guard check), so signatures were not looked at\n');
  return createApproverSet([]);
}

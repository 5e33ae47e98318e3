import {
  approverKeyPath,
  findApproverKeys,
  refuseExistingKey,
  writeApproverKey,
} from '../approvals/signing/approver-key-file.js';
import { checkPassphrase, createApproverKey } from '../approvals/signing/approver-key.js';
import { createApproverSet, type EnrolledApprover } from '../approvals/signing/approver-set.js';
import { shownJson } from '../audit/json-text.js';
import { loadConfig } from '../config/load.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { type ApproverList, approverList, listText } from './approver-list.js';
import { printText } from './check-print.js';
import type { Run, Tools } from './command.js';
import { askPassphrase } from './passphrase.js';

/** Enrolls an approver, or lists those there are. Throws GuardError `usage`, `file-exists`, `input-cancelled`. */
export const run: Run = async ({ args, options }, tools) => {
  const [action = '', name, ...more] = args;
  const isJson = options['json'] === true;
  if (action === 'list' && name === undefined) return list(tools, isJson);
  if (action === 'enroll' && name !== undefined && more.length === 0 && !isJson) return enroll(tools, name);
  throw new GuardError('usage', `expected enroll NAME or list, got ${printable(args.join(' '))}`, {
    hint: 'guard approver enroll alice',
  });
};

async function enroll(tools: Tools, name: string): Promise<number> {
  const paths = guardPaths(tools.env);
  const file = approverKeyPath(paths.userConfigDir, name);
  // All that can go wrong goes wrong before anybody types.
  refuseExistingKey(file);
  const others = (await configured(tools)).filter((approver) => approver.name !== name);
  const passphrase = await askPassphrase(tools, `passphrase for the key of ${name}: `);
  checkPassphrase(passphrase);
  if ((await askPassphrase(tools, 'the same again: ')) !== passphrase) {
    throw new GuardError('usage', 'the two passphrases differ, so no key was made');
  }
  const key = await createApproverKey(name, passphrase);
  writeApproverKey(file, key);
  const { fingerprint } = createApproverSet([...others, key]);
  const lines = [
    `wrote ${printable(file)}`,
    '',
    'Answers must be signed as soon as these lines stand in the config of the system',
    `(${printable(paths.systemConfigFile)}) or in your own (in ${printable(paths.userConfigDir)}):`,
    '',
    'approval:',
    '  approvers:',
    ...[...others, key].flatMap((approver) => [
      `    - name: ${yamlText(approver.name)}`,
      `      public_key: ${yamlText(approver.public_key)}`,
    ]),
    '',
    `The session records then say approvers ${fingerprint}`,
    '',
  ];
  await printText(tools.stdout, lines.join('\n'));
  return EXIT_CODES.ok;
}

async function list(tools: Tools, isJson: boolean): Promise<number> {
  const keys = findApproverKeys(guardPaths(tools.env).userConfigDir);
  const found: ApproverList = approverList(keys, await configured(tools));
  await printText(tools.stdout, isJson ? fileText(found) : listText(found));
  return EXIT_CODES.ok;
}

/** The approvers that the config of the system or of the user names; a project's names none. */
async function configured({ cwd, env }: Tools): Promise<readonly EnrolledApprover[]> {
  const { settings } = await loadConfig({ cwd, env, paths: guardPaths(env), configFile: undefined });
  return settings.approval.approvers;
}

/** Single quotes keep a name such as `1` or `true` a text. */
function yamlText(text: string): string {
  return /^[ -~]*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : shownJson(JSON.stringify(text));
}

import { loadConfig } from '../config/load.js';
import type { Settings } from '../config/settings.js';
import { createIdentity } from '../gateway/identity/create-identity.js';
import { mintDevToken } from '../gateway/identity/dev-tokens.js';
import { isChallenge } from '../gateway/identity/principal.js';
import { isName, isScope } from '../gateway/identity/read-claims.js';
import { AGENT_CHARS_MAX, DEV_TOKEN_MS_MAX, TOKEN_CHARS_MAX } from '../platform/bounds.js';
import { EXIT_CODES, GuardError } from '../platform/errors.js';
import { fileText } from '../platform/file-text.js';
import { guardPaths } from '../platform/paths.js';
import { printable } from '../platform/printable.js';
import { durationMs } from '../platform/units.js';
import { printText } from './check-print.js';
import { claimOption } from './claim-option.js';
import type { CommandInput, Run, Tools } from './command.js';
import { identitySettings, publicAddress } from './identity-settings.js';
import { textListOption, textOption } from './text-option.js';

const DEV_CONFIG = "identity: { dev_mode: { enabled: true, secret: '${GUARD_DEV_SECRET}' } }";

/** Mints a token, or checks the one on stdin. Throws GuardError `usage` and what loading the config throws. */
export const run: Run = async (input, tools) => {
  const [action, name, ...more] = input.args;
  if (action !== 'mint' && action !== 'check') {
    throw new GuardError('usage', `expected mint or check, got ${printable(action ?? 'nothing')}`, {
      hint: 'guard token mint NAME --ttl 1h',
    });
  }
  if (more.length > 0 || (action === 'check') !== (name === undefined)) {
    // A token in the words of a command line would be seen by every program on the machine.
    throw new GuardError(
      'usage',
      action === 'check' ? 'check takes no word: it reads the token from stdin' : 'expected one name',
    );
  }
  const { settings } = await loadConfig({
    cwd: tools.cwd,
    env: tools.env,
    paths: guardPaths(tools.env),
    configFile: textOption(input, 'config'),
  });
  return name === undefined ? check(settings.sections, tools) : mint(settings.sections, name, input, tools);
};

async function mint(
  sections: Settings['sections'],
  name: string,
  input: CommandInput,
  tools: Tools,
): Promise<number> {
  const settings = identitySettings(sections);
  if (settings.mode !== 'dev') {
    const hint = settings.mode === 'oidc' ? 'ask the issuer for a token' : `your config needs ${DEV_CONFIG}`;
    throw new GuardError(
      'usage',
      settings.mode === 'oidc'
        ? 'guard serve takes tokens of identity.issuer only, so guard mints none'
        : 'identity.dev_mode is not enabled in your own config file, so there is nothing to sign with',
      { hint },
    );
  }
  if (!isName(name)) {
    throw new GuardError('usage', `expected a name of 1 to ${AGENT_CHARS_MAX} visible characters`);
  }
  const ttlMs = durationMs(textOption(input, 'ttl') ?? '1h');
  if (ttlMs === undefined || ttlMs < 1000 || ttlMs > DEV_TOKEN_MS_MAX) {
    throw new GuardError('usage', 'expected --ttl with a duration such as 1h, from 1s to 30d');
  }
  const scopes = textListOption(input, 'scope').flatMap((text) => text.split(' '));
  const odd = scopes.find((scope) => !isScope(scope));
  if (odd !== undefined) throw new GuardError('usage', `--scope expects a scope, got "${printable(odd)}"`);
  const claims = claimOption(input);
  const token = await mintDevToken({ name, ttlMs, scopes, claims }, settings, tools.clock.wallMs());
  if (token.length > TOKEN_CHARS_MAX) {
    throw new GuardError('usage', `the token would be longer than ${TOKEN_CHARS_MAX} characters`);
  }
  await printText(tools.stdout, `${token}\n`);
  return EXIT_CODES.ok;
}

async function check(sections: Settings['sections'], tools: Tools): Promise<number> {
  const settings = identitySettings(sections);
  if (settings.mode === 'anonymous') {
    throw new GuardError('usage', 'no identity is configured, so guard serve asks for no token', {
      hint: 'set identity.issuer and identity.audience, or identity.dev_mode',
    });
  }
  const token = await readToken(tools);
  const identity = await createIdentity({
    settings,
    address: () => publicAddress(sections),
    clock: tools.clock,
    note: (text) => tools.stderr.write(`guard: ${printable(text)}\n`),
  });
  try {
    const answer = await identity.authenticate({ authorization: `Bearer ${token}` });
    if (isChallenge(answer)) {
      await printText(tools.stdout, `refused with status ${answer.status}: ${printable(answer.reason)}\n`);
      return EXIT_CODES.findings;
    }
    const { agent, scopes, claims } = answer;
    await printText(tools.stdout, fileText({ agent, scopes, claims }));
    return EXIT_CODES.ok;
  } finally {
    identity.close();
  }
}

async function readToken({ stdin }: Tools): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > TOKEN_CHARS_MAX + 2) break;
  }
  return text.trim();
}

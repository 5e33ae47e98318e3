import type { PRESETS } from './starter-names.js';
import { starterRules, strictly } from './starter-policies.js';

/** Where editors find the schema of the config file. */
export const SCHEMA_URL = 'https://unpkg.com/mcp-guard/schemas/guard.config.schema.json';

/** Which file the starter is for; relative paths in rules start at the file's folder. */
type StarterScope = 'project' | 'user';

/** What a starter config file is to hold. */
export interface StarterRequest {
  readonly scope: StarterScope;
  /** Without one: everything passes but what may destroy, and paths outside of the scope. */
  readonly preset: (typeof PRESETS)[number] | undefined;
  /** Published servers whose starter rules are put in. */
  readonly servers: readonly string[];
}

/**
 * The text of a starter config file. It passes `guard check` without a warning. Throws GuardError
 * `config-not-found` where the starter policy of a server is missing.
 */
export function starterText({ scope, preset, servers }: StarterRequest): string {
  const guarding = scope === 'project' ? STAY_IN_PROJECT : KEEP_CREDENTIALS;
  const editing = scope === 'project' ? EDIT_PROJECT : EDIT_OWN;
  if (preset === undefined) {
    const text = [head('enforce', 'allow'), guarding, editing, DESTRUCTIVE, TAIL].join('\n');
    return text.replaceAll(STRICTER, '');
  }
  const mode = preset === 'observe' ? 'observe' : 'enforce';
  const text = [
    head(mode, 'require_approval # strict: deny'),
    guarding,
    ...servers.map(starterRules),
    editing,
    BY_HINTS,
    TAIL,
  ].join('\n');
  return preset === 'strict' ? strictly(text) : text;
}

/** What a line would say with `--preset strict`. */
const STRICTER = / # strict: \w+$/gm;

const head = (mode: string, fallback: string): string => `# yaml-language-server: $schema=${SCHEMA_URL}
#
# Policy for MCP tool calls. Try it:
#   guard check
#   guard explain --tool write_file --args '{"path":"/etc/passwd"}'
# Guard reads changes of this file while it runs.
version: '1'

# enforce: block. observe: let everything pass and record what would have been blocked.
# dry_run: let nothing pass and answer with what would have happened.
mode: ${mode}

policies:
  # What happens to calls that no rule matches: allow, deny or require_approval.
  default: ${fallback}
  # The first rule that matches decides.
  rules:`;

const STAY_IN_PROJECT = `    # Arguments that name files must stay in this folder, symlinks followed.
    - name: stay-in-project
      match:
        any:
          - input: { '$.path': { exists: true, not: { path_within: './' } } }
          - input: { '$.paths[*]': { exists: true, not: { path_within: './' } } }
          - input: { '$.source': { exists: true, not: { path_within: './' } } }
          - input: { '$.destination': { exists: true, not: { path_within: './' } } }
      action: deny
      feedback:
        message: This path is outside the project folder.
        suggestion: Work on files inside the project, or ask the user.
`;

const EDIT_PROJECT = `    # Editing files of the project is everyday work, although servers call it destructive.
    - name: edit-project-files
      match:
        tool: [write_file, edit_file, create_directory]
        input: { '$.path': { path_within: './' } }
      action: allow # strict: require_approval
`;

const KEEP_CREDENTIALS = `    # Keys and passwords are nobody's business.
    - name: keep-credentials-private
      match:
        any:
          - input: { '$.path': { exists: true, path_within: ['~/.ssh', '~/.gnupg', '~/.aws', '~/.kube', '~/.docker'] } }
          - input: { '$.paths[*]': { exists: true, path_within: ['~/.ssh', '~/.gnupg', '~/.aws', '~/.kube', '~/.docker'] } }
          - input: { '$.source': { exists: true, path_within: ['~/.ssh', '~/.gnupg', '~/.aws', '~/.kube', '~/.docker'] } }
      action: deny
      feedback:
        message: This folder holds credentials.
        suggestion: Ask the user for what you need from it.
`;

const EDIT_OWN = `    # Editing your files is everyday work, although servers call it destructive. What this file denies,
    # no project's file can allow; what it allows, a project's file can deny.
    - name: edit-own-files
      match:
        tool: [write_file, edit_file, create_directory]
        input: { '$.path': { path_within: '~' } }
      action: allow # strict: require_approval
`;

const BY_HINTS = `    # Completions, lists of roots and tasks: what stands behind them was judged when it was asked for.
    - name: protocol
      match: { method: [completion/complete, roots/list, 'tasks/*', subscriptions/listen] }
      action: allow

    # What a person picked from a menu, and questions of the server that the client shows to a person.
    - name: asked-by-people
      match: { method: [prompts/get, elicitation/create] }
      action: allow

    # What servers offer for reading.
    - name: resources
      match: { method: [resources/read, resources/subscribe] }
      action: allow # strict: require_approval

    # Tools that say that they change nothing. It is their server's claim.
    - name: read-only
      match: { annotations: { readOnlyHint: true } }
      action: allow # strict: require_approval

    # Tools that say that they destroy nothing and reach nothing outside.
    - name: additive
      match: { annotations: { destructiveHint: false, openWorldHint: false } }
      action: allow # strict: require_approval
`;

const DESTRUCTIVE = `    # Tools that may destroy something. A tool whose server says nothing counts as destructive, as the
    # protocol demands. Allow the ones that you need in a rule above this one.
    - name: block-destructive
      match:
        annotations: { destructiveHint: true }
      action: deny
      feedback:
        message: Tools that can destroy something are blocked.
        suggestion: Use a reversible alternative, or ask the user to allow this tool in guard.yaml.
`;

const TAIL = `    # More examples:
    #
    # - name: small-refunds-only
    #   match: { server: 'billing*', tool: refund, input: { '$.amount': { gt: 100 } } }
    #   action: deny
    #
    # - name: no-production
    #   match: { tool: ['deploy', 'migrate_*'], input: { '$.environment': { in: [prod, production] } } }
    #   action: deny
`;

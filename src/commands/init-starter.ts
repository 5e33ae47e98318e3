/** Where editors find the schema of the config file. */
export const SCHEMA_URL = 'https://unpkg.com/mcp-guard/schemas/guard.config.schema.json';

/** Which file the starter is for; relative paths in rules start at the file's folder. */
export type StarterScope = 'project' | 'user';

/** The text of a starter config file. It passes `guard check` without a warning. */
export function starterText(scope: StarterScope): string {
  return [HEAD, scope === 'project' ? PROJECT_RULES : USER_RULES, COMMON_RULES, TAIL].join('\n');
}

const HEAD = `# yaml-language-server: $schema=${SCHEMA_URL}
#
# Policy for MCP tool calls. Try it:
#   guard check
#   guard explain --tool write_file --args '{"path":"/etc/passwd"}'
# Guard reads changes of this file while it runs.
version: '1'

# enforce: block. observe: let everything pass and record what would have been blocked.
# dry_run: let nothing pass and answer with what would have happened.
mode: enforce

policies:
  # What happens to calls that no rule matches: allow, deny or require_approval.
  default: allow
  # The first rule that matches decides.
  rules:`;

const PROJECT_RULES = `    # Arguments that name files must stay in this folder, symlinks followed.
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

    # Editing files of the project is everyday work, although servers call it destructive.
    - name: edit-project-files
      match:
        tool: [write_file, edit_file, create_directory]
        input: { '$.path': { path_within: './' } }
      action: allow
`;

const USER_RULES = `    # Keys and passwords are nobody's business.
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

    # Editing your files is everyday work, although servers call it destructive. What this file denies,
    # no project's file can allow; what it allows, a project's file can deny.
    - name: edit-own-files
      match:
        tool: [write_file, edit_file, create_directory]
        input: { '$.path': { path_within: '~' } }
      action: allow
`;

const COMMON_RULES = `    # Tools that may destroy something. A tool whose server says nothing counts as destructive, as the
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

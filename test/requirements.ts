/**
 * What guard promises, as data. Each id is cited by at least one test through `verifies(id)`; a
 * gate fails on an id that no test cites and on a citation that is not here.
 */
export interface Requirement {
  /** Where the promise comes from: a seed, a specification, a law of the design, a failure mode. */
  readonly source: string;
  readonly behavior: string;
}

const MCP_STDIO = 'MCP 2026-07-28, basic/transports/stdio';
const MCP_TOOLS = 'MCP 2025-11-25, server/tools';
const JSONRPC = 'JSON-RPC 2.0';

export const REQUIREMENTS = {
  'relay:bytes:untouched': {
    source: 'law 2',
    behavior: 'what policy did not touch leaves as the bytes that came',
  },
  'relay:chunks:any': { source: 'law 2', behavior: 'any chunking of the stream gives the same frames' },
  'relay:stdout:protocol-only': {
    source: MCP_STDIO,
    behavior: 'stdout carries MCP messages and nothing else',
  },
  'relay:stderr:drained': {
    source: 'seed Helio, fault 5',
    behavior: 'the server’s stderr passes through and never blocks it',
  },
  'relay:answer:once': { source: 'law 5', behavior: 'every request gets exactly one answer' },
  'relay:answer:pending-only': {
    source: 'law 5',
    behavior: 'an answer reaches the client only if its id is open, once',
  },
  'relay:id:type-kept': { source: JSONRPC, behavior: '1 and "1" are different ids' },
  'relay:server-gone:answered': {
    source: 'law 5',
    behavior: 'open requests get an error when the server ends',
  },
  'relay:garbled:answered': {
    source: 'law 5',
    behavior: 'an answer that cannot be read becomes an error for its request',
  },
  'relay:timeout:answered': {
    source: 'law 5',
    behavior: 'a request without an answer in time gets an error',
  },
  'relay:ending:client-closes': {
    source: MCP_STDIO,
    behavior: 'stdin closed by the client ends the server gracefully',
  },
  'relay:ending:signal': { source: 'design §3', behavior: 'a signal to guard ends the whole tree' },
  'relay:ending:parent-gone': { source: 'design §3', behavior: 'guard leaves when its parent vanishes' },
  'relay:ending:tree-gone': {
    source: 'law 5',
    behavior: 'nothing of the server’s process group outlives guard',
  },
  'relay:exit-code:carried': { source: MCP_STDIO, behavior: 'guard exits with the server’s code' },
  'relay:command:missing': {
    source: 'issue, bad input',
    behavior: 'a missing command is one clear line and exit code 127',
  },
  'relay:env:own-withheld': {
    source: 'design §9',
    behavior: 'guard’s variables and config secrets never reach the server',
  },
  'relay:backpressure': { source: 'law 9', behavior: 'a slow reader on either side pauses the other' },
  'relay:frame:oversized': {
    source: 'law 9',
    behavior: 'a line above the bound is refused and never resumed in the middle',
  },
  'relay:era:legacy': { source: 'MCP 2025-11-25', behavior: 'the initialize era works with real clients' },
  'relay:era:modern': { source: 'MCP 2026-07-28', behavior: 'the stateless era works with real clients' },
  'relay:probe:no-side-effect': {
    source: 'MCP 2026-07-28, basic/versioning',
    behavior: 'starting guard leaves no trace until a message comes',
  },
  'relay:handshake:never-blocked': {
    source: 'design §3',
    behavior: 'initialize and server/discover pass whatever policy says',
  },
  'relay:cancel:passes': {
    source: 'MCP, cancellation',
    behavior: 'a cancelled request ends in the log and its late answer does no harm',
  },
  'remote:http:bytes': { source: 'law 2', behavior: 'guard --url keeps bytes in both directions' },
  'remote:http:errors': { source: 'law 5', behavior: 'a failed POST becomes one error answer' },
  'remote:sse:old': { source: 'MCP 2024-11-05', behavior: 'guard --url reaches old HTTP+SSE servers' },

  'ambiguity:duplicate-keys': { source: 'law 3', behavior: 'a key that stands twice anywhere is refused' },
  'ambiguity:folded-keys': { source: 'law 3', behavior: 'keys that differ in case or folding are refused' },
  'ambiguity:escaped-keys': {
    source: 'law 3',
    behavior: 'escaped envelope keys are refused, escaped duplicates found',
  },
  'ambiguity:batch': { source: 'MCP 2025-06-18, changelog', behavior: 'batch arrays are refused whole' },
  'ambiguity:control-bytes': {
    source: 'security §2',
    behavior: 'inner CR and other control bytes are refused',
  },
  'ambiguity:encoding': { source: 'security §2', behavior: 'invalid UTF-8 and byte order marks are refused' },
  'ambiguity:depth': { source: 'security §0.2', behavior: 'nesting is counted before anything is parsed' },
  'ambiguity:ids': { source: 'security §2', behavior: 'ids that would not survive are refused' },
  'ambiguity:near-miss-methods': {
    source: 'security §2',
    behavior: 'other spellings of a method are refused',
  },
  'ambiguity:call-without-id': {
    source: 'security §2',
    behavior: 'a call without an id is dropped and recorded',
  },
  'ambiguity:differential': {
    source: 'law 3',
    behavior: 'no forwarded line is another call to a lenient parser',
  },
  'ambiguity:flood': { source: 'law 9', behavior: 'garbage without end is not answered without end' },

  'policy:first-match': { source: 'seed Helio', behavior: 'the first matching rule of a layer decides' },
  'policy:layers:strictest': {
    source: 'design §4',
    behavior: 'the strictest layer wins; a project file cannot loosen',
  },
  'policy:total': { source: 'law 6', behavior: 'evaluate never throws; what it cannot judge it denies' },
  'policy:unknown:stricter': {
    source: 'law 6',
    behavior: 'a condition that cannot be evaluated counts the strict way',
  },
  'policy:reference': { source: 'design §4', behavior: 'the evaluator agrees with a naive one' },
  'policy:glob:any-character': {
    source: 'seed Helio, fault 3',
    behavior: 'wildcards in names match any character',
  },
  'policy:numbers:decimal': { source: 'seed Helio, fault 13', behavior: 'numbers compare as decimals' },
  'policy:type-juggling': {
    source: 'seed Helio, fault 4',
    behavior: 'a text where a number belongs does not slip through',
  },
  'policy:hints:defaults': { source: MCP_TOOLS, behavior: 'missing hints count as the protocol’s defaults' },
  'policy:hints:untrusted': {
    source: 'law 7',
    behavior: 'a hint that is no boolean and a drifted definition are not trusted',
  },
  'policy:drift': { source: 'seed Helio', behavior: 'a changed tool definition is blocked, held or logged' },
  'policy:list:all-pages': {
    source: 'seed Helio, fault 16',
    behavior: 'tools on every page of the list are known',
  },
  'policy:unlisted-tools': { source: 'design §3', behavior: 'a tool that is not on the list is denied' },
  'policy:unknown-methods': { source: 'design §4', behavior: 'unknown methods follow the policy' },
  'policy:hide-denied': {
    source: 'design §4',
    behavior: 'tools that no call could pass are left out of tools/list',
  },
  'policy:observe': { source: 'design §4', behavior: 'observe mode records and blocks nothing' },
  'policy:dry-run': { source: 'seed Helio', behavior: 'a dry run says what would have happened' },
  'policy:explain': { source: 'design §4', behavior: 'explain agrees with evaluate' },
  'policy:self-protection': {
    source: 'design §9',
    behavior: 'calls that touch guard’s own files are denied',
  },
  'policy:all-methods': {
    source: 'seed Helio, fault 21',
    behavior: 'resources, prompts, completions and server requests are judged',
  },
  'policy:input-required': {
    source: 'MCP 2026-07-28, mrtr',
    behavior: 'questions inside an answer are judged',
  },
  'denial:result': { source: MCP_TOOLS, behavior: 'a denied tool call is a result that the model reads' },
  'denial:error': { source: 'design §5', behavior: 'other denials are errors outside the reserved ranges' },
  'denial:modern-shape': {
    source: 'MCP 2026-07-28',
    behavior: 'an invented answer has the shape of the request’s era',
  },
  'pipeline:nothing-after-denial': { source: 'style §2', behavior: 'nothing is forwarded after a denial' },

  'config:mistakes:all': {
    source: 'design §4',
    behavior: 'every mistake is told at once, with file, line and path',
  },
  'config:no-code': { source: 'security §0.2', behavior: 'no config file is ever executed' },
  'config:reload:last-good': { source: 'design §4', behavior: 'a bad file keeps the last good policy' },
  'config:project:no-env': { source: 'security §5.2', behavior: 'project files read no environment' },
  'config:schema': { source: 'design §4', behavior: 'the JSON Schema is generated from the code' },
  'audit:before-forward': {
    source: 'law 4',
    behavior: 'the decision record is written before the call is forwarded',
  },
  'audit:sigkill': {
    source: 'law 4',
    behavior: 'SIGKILL loses no record of a call that the server received',
  },
  'audit:failing:denies': { source: 'law 6', behavior: 'a log that cannot be written denies governed calls' },
  'audit:many-writers': {
    source: 'design §8',
    behavior: 'several processes share a file without a torn record',
  },
  'audit:rotation': { source: 'design §8', behavior: 'rotation loses no record' },
  'audit:rotation:own': {
    source: 'issue 6, rotation',
    behavior: 'guard rotates the log by size and age, between records, once however many guards write to it',
  },
  'audit:rotation:faults': {
    source: 'issue 6, bad input',
    behavior: 'a rotation that fails at any step loses no record and holds up none',
  },
  'audit:prune': {
    source: 'issue 6, retention',
    behavior: 'old files are removed whole, after a statement of what they held was recorded',
  },
  'audit:prune:signed': {
    source: 'issue 6, retention: a signed statement of what was removed',
    behavior:
      'a statement of removed records is believed, and carried on, only where the record behind it signs it',
  },
  'audit:retention': {
    source: 'design §8',
    behavior: 'guards remove what is older than audit.retention after a rotation, never before a call',
  },
  'audit:readers:strange': {
    source: 'issue 6, bad input',
    behavior:
      'every reader of the log goes through rotated, foreign, torn, unknown and endless lines to the calls behind them',
  },
  'audit:readers:rotation': {
    source: 'issue 6, rotation',
    behavior:
      'a file that is rotated or pruned between the look at the log and its reading is read once, or known to be gone',
  },
  'audit:path:commands': {
    source: 'issue 6, rotation',
    behavior: 'commands that read or add to the audit log find it where the config says',
  },
  'tail:segments': {
    source: 'issue 6, rotation',
    behavior: 'earlier calls are shown from rotated files too, as far as they are asked for',
  },
  'audit:search:judges': {
    source: 'issue 6, search',
    behavior: 'a line that is not parsed is judged as parsing it would judge it, foreign and hurt lines too',
  },
  'audit:search:calls': {
    source: 'issue 6, search',
    behavior:
      'a search finds every call that its filters name, decision and outcome joined, in every file of the log',
  },
  'audit:search:exit': {
    source: 'issue 6, search',
    behavior: 'the exit code says whether something was found and whether all of the log could be read',
  },
  'audit:stats': {
    source: 'issue 6, search',
    behavior: 'calls are counted right, and percentiles of times are at most 1.1 % off, in bounded memory',
  },
  'audit:call-index': {
    source: 'issue 6, 1,000,000 records',
    behavior:
      'what is counted from the call index is what the bytes of the log say, whatever became of either',
  },
  'audit:export:csv': {
    source: 'issue 6, search; RFC 4180; OWASP CSV injection',
    behavior: 'no cell of a CSV export is a formula to a spreadsheet',
  },
  'audit:export:otlp': {
    source: 'issue 6, search; OTLP 1.x',
    behavior:
      'OpenTelemetry logs have the shape of the protocol, are sent again where it says so, and show no header',
  },
  'audit:export:file': {
    source: 'issue 6, search',
    behavior: 'an export replaces no file unasked and leaves no half of one behind',
  },
  'audit:one-liners': {
    source: 'issue 6, search',
    behavior: 'the commands of the page for jq and SQLite give what they promise',
  },
  'audit:segments': {
    source: 'issue 6, rotation',
    behavior: 'the files of a log are found and put in order, whoever rotated them',
  },
  'audit:hostile-text': { source: 'law 7', behavior: 'a record holds no raw control or invisible character' },
  'audit:redaction': { source: 'design §8', behavior: 'planted secrets never reach the log' },
  'audit:redaction:planted': {
    source: 'issue 6',
    behavior: 'of secrets of the detectable kinds none is in the log, wherever a call or an answer has them',
  },
  'audit:redaction:linear': {
    source: 'design §4, no pattern may block the loop',
    behavior: 'the steps of redaction are linear in the text, whatever it holds',
  },
  'audit:redaction:readable': {
    source: 'issue 6',
    behavior: 'digests, ids, paths, code and pictures stay readable',
  },
  'audit:redaction:secrets-nowhere': {
    source: 'issue 6',
    behavior: 'the secrets of config and environments are in nothing that guard writes, at both doors',
  },
  'tracing:grammar': {
    source: 'W3C Trace Context, Baggage',
    behavior: 'only what the grammar allows is taken for a trace context',
  },
  'tracing:recorded': {
    source: 'issue 6',
    behavior: 'the decision record holds the traceparent of its request',
  },
  'tracing:carried': {
    source: 'SEP-414',
    behavior: 'the context in _meta passes untouched, and goes to HTTP servers as headers too',
  },
  'tracing:spans': {
    source: 'OpenTelemetry semantic conventions for MCP',
    behavior: 'each request becomes a span of its client’s trace, at both doors',
  },
  'tracing:away': {
    source: 'law 9',
    behavior: 'a collector that is away holds up nothing; what is lost is counted',
  },
  'tracing:off': {
    source: 'issue 6',
    behavior: 'nothing of tracing is loaded unless the config asks for it',
  },
  'audit:redact:check': {
    source: 'issue 6',
    behavior: 'guard audit redact --check finds what a log still holds and never shows it',
  },
  'audit:key': {
    source: 'issue 6',
    behavior:
      'the key that signs checkpoints is made once, for its owner only, and only its public half is shown',
  },
  'audit:chain': { source: 'issue 6', behavior: 'each record holds the hash of its writer’s line before it' },
  'audit:chain:lost': {
    source: 'issue 6',
    behavior: 'what could not be written is said to be lost, inside a chain that holds in every file',
  },
  'audit:checkpoint': {
    source: 'issue 6',
    behavior: 'a writer signs what it wrote now and then and at its end, never on the way of a call',
  },
  'audit:verify:found': {
    source: 'issue 6',
    behavior:
      'a flipped byte, a dropped or moved record, a cut tail, a replaced file and a forged writer are found and named',
  },
  'audit:verify:quiet': {
    source: 'issue 6',
    behavior: 'kills, full disks, several writers and rotations raise no alarm',
  },
  'audit:verify:bytes': {
    source: 'issue 6',
    behavior:
      'a byte of a record that became any other one is named with its line, a line feed and the last line included',
  },
  'audit:verify:command': {
    source: 'issue 6',
    behavior:
      'guard audit verify says what a log shows and what it cannot know; 0 intact, 1 changed, 2 unreadable',
  },
  'audit:anchor': {
    source: 'issue 6',
    behavior: 'checkpoints go to a second place, which holds nothing up and whose failure is noted',
  },
  'audit:anchor:remote': {
    source: 'issue 6',
    behavior:
      'heads go to a syslog server or a webhook through a bounded queue; an outage is noted once and costs neither a call nor the end',
  },
  'audit:verify:alone': {
    source: 'issue 6',
    behavior: 'stand-alone verifiers and guard judge the same logs alike',
  },
  'audit:helmsman-fields': { source: 'seed Helmsman', behavior: 'records keep the seed’s field names' },
  'tail:joined': { source: 'design §8', behavior: 'decision and outcome are one line with the latency' },
  'tail:rotation': { source: 'design §8', behavior: 'tail follows over rotation' },
  'tail:pipe': { source: 'issue, tail', behavior: 'tail behaves in a pipe and with NO_COLOR' },
  'approval:key:encrypted': {
    source: 'issue/approvals 7',
    behavior: 'an approver’s private key is stored under a passphrase, scrypt and AES-256-GCM',
  },
  'approval:key:foreign': {
    source: 'issue/approvals, bad input',
    behavior: 'a broken, foreign or greedy key file is refused in words',
  },
  'approval:signature:required': {
    source: 'issue/approvals 7',
    behavior: 'only the signature of an enrolled approver over this very text counts',
  },
  'approval:signature:covers': {
    source: 'issue/approvals 7',
    behavior: 'a signature covers every member of an answer',
  },
  'approval:remember:never': {
    source: 'issue/approvals 6',
    behavior: 'an answer about a destructive, drifted or half-seen call is never remembered',
  },
  'approval:remember:narrow': {
    source: 'issue/approvals 6',
    behavior: 'what is proposed covers exactly the call that it was made from',
  },
  'approval:remember:uncertain': {
    source: 'law 6',
    behavior: 'a condition that cannot be judged, or an argument without one, is not covered',
  },
  'approval:remember:corrupt': {
    source: 'issue/approvals, bad input',
    behavior: 'a broken file of remembered answers is never written over',
  },
  'approval:remember:writers': {
    source: 'security §0.2',
    behavior: 'several processes write the remembered answers and lose none',
  },
  'approval:remember:untrusted': {
    source: 'issue/approvals, bad input',
    behavior: 'a remembered file that is broken, foreign or open to others counts as empty',
  },
  'approval:remember:signed': {
    source: 'issue/approvals 7',
    behavior: 'with approvers, a remembered answer without the signature of one does not count',
  },
  'approval:enroll:terminal': {
    source: 'issue/approvals 7',
    behavior: 'a passphrase is asked for on a terminal only and never shown',
  },
  'approval:remember:listed': {
    source: 'issue/approvals 6',
    behavior: 'remembered answers are listed with what they let pass, and revoked',
  },
  'approval:approvers:config': {
    source: 'issue/approvals 7',
    behavior: 'a bad key of an approver, and a call that could pass unsigned, are config mistakes',
  },
  'approval:hold:others-pass': {
    source: 'issue/approvals 2',
    behavior: 'a held call delays no other',
  },
  'approval:hold:progress': {
    source: 'issue/approvals 2',
    behavior: 'a held call with a progress token shows that it waits',
  },
  'approval:client:elicitation': {
    source: 'issue/approvals 4',
    behavior: 'the person at the client is asked in its own dialog',
  },
  'approval:client:nobody': {
    source: 'clients §1 (4)',
    behavior: 'a cancel, and a refusal faster than a second, mean that nobody is there',
  },
  'approval:client:input-required': {
    source: 'issue/approvals 4',
    behavior: 'a modern client is asked inside input_required, and the server never sees it',
  },
  'approval:retry:kept': {
    source: 'issue/approvals 2',
    behavior: 'an answer is kept for the identical call of a client that timed out, and for no other',
  },
  'approval:cancel:withdrawn': {
    source: 'issue/approvals 2',
    behavior: 'a call that the client takes back is withdrawn; an answer after that releases nothing',
  },
  'approval:remember:session': {
    source: 'issue/approvals 6',
    behavior: 'an answer for the session lets the identical call pass without asking',
  },
  'approval:audit:fields': {
    source: 'issue/approvals 8',
    behavior: 'records say who answered, where, how long it took, why and what shows a person',
  },
  'approval:reload:asked-again': {
    source: 'issue/approvals 1',
    behavior: 'a policy that changed while a call waited needs a new answer',
  },
  'approval:signature:end-to-end': {
    source: 'law 8',
    behavior: 'forged, replayed, edited and unsigned answers are refused and recorded, and release no call',
  },
  'cli:exit-codes': { source: 'style §1.7', behavior: 'exit codes are a table' },
  'cli:as-typed': {
    source: 'design §2',
    behavior: 'an option’s value is the text that was typed, also where it reads as a number',
  },
  'cli:json:hostile': {
    source: 'law 7',
    behavior: 'no command prints invisible or control characters raw, with --json neither',
  },
  'cli:help': {
    source: 'issue, project',
    behavior: 'every command and option is in the help and in the docs',
  },
  'starter:tools': {
    source: 'issue/clients 7',
    behavior: 'every tool that a published server listed gets the decision that its starter policy promises',
  },
  'starter:unknown-tools': {
    source: 'law 6',
    behavior: 'a tool that a starter policy does not know is asked about or denied, whatever its hints claim',
  },
  'starter:presets': {
    source: 'issue/clients 7',
    behavior: 'strict, balanced and observe do what they say, with and without rules for servers',
  },
  'completion:shells': {
    source: 'issue/clients 8',
    behavior: 'bash, zsh and fish complete commands, actions, options, values and what follows --',
  },
  'approval:channel:contract': {
    source: 'issue/approvals',
    behavior: 'every channel keeps the same promises, whatever carries it',
  },
  'approval:webhook:signed': {
    source: 'issue/dashboard 5',
    behavior: 'a webhook gets its request signed over time and body, and nothing that could answer elsewhere',
  },
  'approval:webhook:retried': {
    source: 'issue/dashboard 5; issue/dashboard, bad input',
    behavior: 'a webhook that fails is tried again with back-off, bounded; one that hangs holds nobody up',
  },
  'approval:webhook:callback': {
    source: 'issue/dashboard 5',
    behavior: 'a callback counts with a signed token of its request, once, and until the request is over',
  },
  'approval:slack:verified': {
    source: 'issue/dashboard 5; issue/dashboard, bad input',
    behavior: 'a request of Slack counts with a fresh signature of the app, once, and of an approver',
  },
  'approval:slack:message': {
    source: 'issue/dashboard 5',
    behavior:
      'a Slack message shows the call letter by letter; what is not shown whole cannot be approved there',
  },
  'approval:slack:limits': {
    source: 'issue/dashboard 5',
    behavior: 'calls to Slack go one after the other and wait as long as Slack asks',
  },
  'approval:slack:forwarded': {
    source: 'issue 8, point 5; design.md §7',
    behavior:
      'what Slack gives to another guard process of this user reaches the one that holds the call, once; else the person is told',
  },
  'approval:slack:socket': {
    source: 'issue/dashboard 5',
    behavior:
      'Socket Mode acknowledges each envelope, counts it once, and connects anew while somebody waits',
  },
  'approval:desktop:bounded': {
    source: 'issue/dashboard 5',
    behavior: 'a desktop notification is started without a shell, names the call and shows no argument',
  },
  'approval:delivery:shown': {
    source: 'issue/dashboard 5, 6; helio 14',
    behavior:
      'a failed delivery is recorded and shown on the request; where nobody can be reached the call is denied',
  },
  'approval:escalation:default': {
    source: 'issue/dashboard 6',
    behavior: 'approval.escalation asks further channels later, and never widens a rule that names its own',
  },
  'approval:unsigned:named': {
    source: 'issue/dashboard 5; issue/approvals 7',
    behavior: 'beside approvers an unsigned answer counts only from a channel that the config names for it',
  },
  'approval:outside:doors': {
    source: 'issue/dashboard 5',
    behavior: 'both doors ask and are answered by webhook and Slack',
  },
  'approval:bus:files': {
    source: 'issue/approvals',
    behavior: 'requests, answers and ends are files, whole from the moment they can be seen',
  },
  'approval:bus:distrust': {
    source: 'issue/approvals, bad input',
    behavior: 'a file or folder of the bus that cannot be trusted is said and counts for nothing',
  },
  'approval:bus:refused-shown': {
    source: 'issue/approvals',
    behavior: 'a refused answer is kept, shown with its reason and makes room for a valid one',
  },
  'approval:bus:refused-recorded': {
    source: 'issue/approvals, bad input',
    behavior: 'an answer that does not count is in the audit log, once',
  },
  'approval:bus:dead-owner': {
    source: 'issue/approvals, bad input',
    behavior: 'a request whose process is gone is withdrawn',
  },
  'approval:life:once': {
    source: 'issue/approvals 1',
    behavior: 'a request ends once and its end is used by one call at most',
  },
  'approval:life:valid': {
    source: 'issue/approvals 1',
    behavior: 'a call passes only after an approval, or by `default_on_timeout: allow`',
  },
  'approval:life:late': {
    source: 'issue/approvals 1',
    behavior: 'an answer at the deadline or after a withdrawal is too late',
  },
  'approval:life:escalates': {
    source: 'issue/approvals 1',
    behavior: 'the delegates are asked once, after their time and before the deadline',
  },
  'approval:race:first': {
    source: 'issue/approvals 5',
    behavior: 'the first valid answer wins, the other channels are closed and told who answered',
  },
  'approval:desk:single-use': {
    source: 'issue/approvals 1',
    behavior: 'an answer lets one call pass, once',
  },
  'approval:desk:stale': {
    source: 'issue/approvals 1',
    behavior: 'a call whose policy or tool changed while it waited is asked about again',
  },
  'approval:desk:retry': {
    source: 'issue/approvals 2',
    behavior: 'an answer stays good for the identical call for a time, and for no other',
  },
  'approval:desk:withdrawn': {
    source: 'issue/approvals 2',
    behavior: 'a withdrawn request releases nothing, whoever answers it later',
  },
  'approval:desk:escalation': {
    source: 'issue/approvals 1',
    behavior: 'delegates get the request in their channels after its time, and may answer',
  },
  'approval:desk:bound': {
    source: 'law 9',
    behavior: 'above 1,000 waiting calls further ones are denied, and nothing is lost',
  },
  'approval:hold:bytes': {
    source: 'issue/approvals 2',
    behavior: 'an approved call leaves as the bytes that came, and delays no other call meanwhile',
  },
  'approval:hold:recorded': {
    source: 'law 3',
    behavior: 'without a record nobody is asked, and no approved call is forwarded',
  },
  'approval:hold:id-in-use': {
    source: 'issue/approvals 2',
    behavior: 'the id of a held call cannot be used again, not even within one read',
  },
  'approval:hold:server-answer': {
    source: 'issue/approvals 2',
    behavior: 'a server that answers a held call, which it never saw, is not heard',
  },
  'approval:hold:cancelled': {
    source: 'issue/approvals 2',
    behavior: 'a cancelled call is never forwarded, and its cancellation is not either',
  },
  'approval:hold:session-end': {
    source: 'issue/approvals 2',
    behavior: 'at the end of the session a held call is answered once and never forwarded',
  },
  'approval:rounds:bounded': {
    source: 'issue/approvals 4',
    behavior: 'modern clients wait in rounds of 45 s, and not for ever',
  },
  'approval:rounds:stripped': {
    source: 'issue/approvals 4',
    behavior: 'the server sees nothing of the state and the questions of guard',
  },
  'approval:rounds:forged': {
    source: 'issue/approvals 4',
    behavior: 'a request state that guard did not make, or made for another call, counts for nothing',
  },
  'approval:rounds:server-state': {
    source: 'issue/approvals 4',
    behavior: 'rounds of guard never lose the state and the answers that are for the server',
  },
  'approval:sim:no-forward-without-answer': {
    source: 'issue/approvals, targets',
    behavior:
      'in 500 seeded schedules no call is forwarded without a valid answer to exactly it, and no answer is used twice',
  },
  'approval:sim:answered-once': {
    source: 'issue/approvals, targets',
    behavior:
      'in the same schedules every request is answered once or taken back, and forwarded once at most',
  },
  'approval:sim:recorded': {
    source: 'law 3',
    behavior:
      'in the same schedules every forwarded call is in the log before it leaves, also while the log fails',
  },
  'approval:terms:strictest': {
    source: 'design §7',
    behavior: 'where several rules ask, the strictest of each term counts',
  },
  'approval:binding:digest': {
    source: 'issue/approvals 1',
    behavior: 'an approval is bound to agent, server, method, tool, target, definition, policy and params',
  },
  'approval:binding:exact': {
    source: 'law 2',
    behavior: 'calls that some reader could tell apart are never the same approval',
  },
  'approval:answer:checked': {
    source: 'issue/approvals 7',
    behavior: 'an answer counts only for its call, from a channel that may answer, in a scope that may be',
  },
  'approval:elicitation:answers': {
    source: 'issue/approvals 4',
    behavior:
      'accept approves, a slow decline denies; a cancel, an instant decline and garbage mean nobody is there',
  },
  'approval:elicitation:own-ids': {
    source: 'issue/approvals 4',
    behavior: 'the ids of questions of guard are used by no server',
  },
  'approval:elicitation:marked': {
    source: 'issue/approvals 4',
    behavior: 'a question of the server is shown as one of the server',
  },
  'approval:elicitation:bound': {
    source: 'law 9',
    behavior: 'what is remembered of questions that were taken back is bounded',
  },
  'approval:rounds:question': {
    source: 'issue/approvals 4',
    behavior: 'modern clients are asked inside `input_required` and answer with their retry',
  },
  'approval:rounds:replayed': {
    source: 'issue/approvals 4',
    behavior: 'an answer inside a retry counts once, and only for the request that asked for it',
  },
  'wire:canonical:exact': {
    source: 'law 2',
    behavior: 'two values have one canonical text exactly where every reader reads them the same',
  },
  'wire:splice:untouched': {
    source: 'law 2',
    behavior: 'taking members out of a line changes no other byte of it',
  },
  'limits:layer:forwarded-only': {
    source: 'design §6',
    behavior: 'only a call that is forwarded draws; one that is held, denied or tried dry draws nothing',
  },
  'limits:layer:refund': {
    source: 'issue/limits 3',
    behavior:
      'an error gives back what the config says; an end that nobody knows stays charged and is marked',
  },
  'limits:layer:overage': {
    source: 'issue/limits 2',
    behavior: 'one request names every budget that is empty, and a person may let the call pass',
  },
  'limits:layer:unavailable': {
    source: 'law 6',
    behavior: 'what cannot be counted is denied',
  },
  'limits:round:once': {
    source: 'design §3',
    behavior:
      'a retry that answers questions which guard saw the server ask is judged again and not counted again, once; any other is a call of its own',
  },
  'limits:command:recorded': {
    source: 'issue/limits 3',
    behavior: 'a pot that a person empties and evidence that one puts in stand in the audit log',
  },
  'limits:dry-run:foreseen': {
    source: 'issue/limits 6',
    behavior:
      'a dry run, of a rule or of a whole layer, says what limits, budgets, prerequisites and approvals would have done, and consumes nothing',
  },
  'limits:observe:counted': {
    source: 'design §4',
    behavior:
      'what layers in observe mode would have refused is recorded; they count in pots of their own and deny nothing',
  },
  'limits:layer:hold': {
    source: 'issue/limits 2',
    behavior: 'a held call is counted when it is released',
  },
  'limits:shared:processes': {
    source: 'issue/limits 4',
    behavior: 'all guard processes of a user count in the same pot',
  },
  'limits:shared:restart': {
    source: 'issue/limits 4',
    behavior: 'what was counted outlives the processes',
  },
  'limits:command:list-reset': {
    source: 'issue/limits 3',
    behavior: 'guard limits lists pots and empties one for a reason',
  },
  'limits:reload:state': {
    source: 'design §4',
    behavior: 'limit state survives a reload unless the rule itself changed',
  },
  'limits:amount:exact': {
    source: 'issue/limits 2',
    behavior: 'an amount is the decimal that the arguments state: 0.1 three times is 0.3',
  },
  'limits:amount:invalid': {
    source: 'issue/limits 2',
    behavior:
      'a missing, negative, non-numeric, non-finite or absurdly written amount is denied and says so; a text counts only where config says so',
  },
  'identity:header': {
    source: 'RFC 6750 §2.1',
    behavior: 'a token comes in the one Authorization header and nowhere else',
  },
  'identity:token:verified': {
    source: 'issue/gateway',
    behavior:
      'only a token of the issuer, for this audience, in its time, signed by RS256 or ES256, is taken',
  },
  'identity:token:unseen': {
    source: 'issue/gateway',
    behavior: 'no answer, reason or note shows a token or a part of it',
  },
  'identity:token:remembered': {
    source: 'law 9',
    behavior: 'a verified token is remembered for a bounded time, never longer than it counts itself',
  },
  'identity:challenge': {
    source: 'RFC 6750 §3, RFC 9728 §5.1, MCP 2026-07-28, basic/authorization',
    behavior: '400, 401 and 403 name the error, the metadata and all needed scopes',
  },
  'identity:metadata': {
    source: 'RFC 9728 §3',
    behavior: 'the metadata stands at both well-known paths and never takes its address from a Host header',
  },
  'identity:rotation': {
    source: 'issue/gateway',
    behavior: 'new keys of the issuer are found at a bounded rate, withdrawn ones stop counting',
  },
  'identity:outage': {
    source: 'issue/gateway',
    behavior: 'known keys count on through an outage of the issuer, for a bounded time',
  },
  'identity:discovery': {
    source: 'OpenID Connect Discovery 1.0 §4',
    behavior: 'keys are found by discovery, which must be about the issuer and leads nowhere else',
  },
  'identity:provider': {
    source: 'issue/gateway',
    behavior: 'tokens of a real OIDC provider are taken, through rotation and outage',
  },
  'identity:dev': {
    source: 'seed Helmsman',
    behavior: 'dev mode takes HS256 tokens that guard minted and nothing else, never beside an issuer',
  },
  'identity:anonymous': {
    source: 'seed Helmsman',
    behavior:
      'without identity agents are anonymous, with a loud warning, and only where nobody else connects',
  },
  'policy:claims': {
    source: 'issue/gateway',
    behavior: 'rules look at verified claims and scopes; where they are not known, the stricter way counts',
  },
  'policy:scopes:needed': {
    source: 'MCP 2026-07-28, basic/authorization',
    behavior: 'a denial that scopes would lift says which ones, all at once',
  },
  'limits:pot:identity': {
    source: 'issue/limits 1',
    behavior: 'a pot belongs to the content of its rule: it survives a move, and a changed limit starts anew',
  },
  'limits:pot:key': {
    source: 'issue/limits 1',
    behavior: 'calls share a pot exactly where all parts of its key are equal',
  },
  'limits:session:unresolved': {
    source: 'issue/limits 5',
    behavior: 'a limit by session denies a call whose session is not known',
  },
  'limits:requires:succeeded': {
    source: 'issue/limits 5',
    behavior: 'a call passes only once each tool that its rule requires has succeeded in its session',
  },
  'limits:requires:attempted': {
    source: 'issue/limits 5',
    behavior: 'with requires_success: false any call that was forwarded and answered is enough',
  },
  'limits:requires:shared': {
    source: 'issue/limits 5',
    behavior: 'what was called counts for all guards of the session, also after a restart',
  },
  'limits:requires:session': {
    source: 'issue/limits 5',
    behavior: 'the guards that one client process starts share a session; what cannot be told is no session',
  },
  'limits:requires:order': {
    source: 'design §6',
    behavior: 'marks come to the same in whatever order guards write them',
  },
  'limits:evidence:required': {
    source: 'issue/limits 5',
    behavior:
      'a call passes only while the evidence that its rule requires is in; missing and expired are told apart',
  },
  'limits:evidence:layers': {
    source: 'issue/limits 5',
    behavior: 'evidence that a layer tells of counts for its own rules only, what was put in by hand for all',
  },
  'limits:evidence:command': {
    source: 'issue/limits 5',
    behavior: 'guard evidence puts in, lists and drops evidence of a session',
  },
  'limits:config:mistakes': {
    source: 'issue/limits, bad input',
    behavior: 'limits and budgets that mean nothing are mistakes with their line',
  },
  'limits:denial:teaches': {
    source: 'law 10',
    behavior: 'a limited call is told which pot is empty, when a retry would pass and what would pass now',
  },
  'limits:denial:reasons': {
    source: 'law 10',
    behavior: 'every reason of a denial is documented',
  },
  'kill:layer:denies': {
    source: 'issue/limits 8',
    behavior: 'while a kill switch is on every governed call is denied and recorded, whatever policy says',
  },
  'kill:file:distrust': {
    source: 'law 6',
    behavior: 'a kill switch that cannot be read or trusted counts as on',
  },
  'kill:watch:follows': {
    source: 'issue/limits 8',
    behavior: 'a guard notices that a switch is turned, also where the system tells nothing',
  },
  'kill:command': {
    source: 'issue/limits 8',
    behavior: 'guard kill needs a reason; guard resume lifts the switch and says what is still on',
  },
  'kill:all-guards': {
    source: 'issue/limits 8',
    behavior: 'guard kill stops all running guards and those started later; what is only relayed passes',
  },
  'kill:held': {
    source: 'issue/limits 8',
    behavior: 'held calls are denied when the kill switch goes on, and nothing releases them',
  },
  'kill:recorded': {
    source: 'issue/limits 8',
    behavior: 'each guard records who turned the kill switch, and why',
  },
  'status:files:distrust': {
    source: 'law 6',
    behavior: 'what a file tells of a running guard is believed only where that user wrote it as guard does',
  },
  'status:files:dead': {
    source: 'issue/limits 8',
    behavior: 'guards that are gone are not shown, and what they left is taken away',
  },
  'status:report:quiet': {
    source: 'law 9',
    behavior: 'a guard tells of itself after its first message, seldom, and leaves nothing at its end',
  },
  'status:command': {
    source: 'issue/limits 8',
    behavior:
      'guard status shows guards, policies, counters and kill switches; 1 where something needs a person',
  },
  'status:hostile': {
    source: 'law 7',
    behavior: 'no text of another program reaches the terminal of guard status raw',
  },
  'status:counters': {
    source: 'issue/limits 8',
    behavior: 'the counters are those of the decisions that were recorded',
  },
  'loop:growing': {
    source: 'issue/limits 7',
    behavior:
      'the same denied call in a row gets a growing `retry_after_ms` and a text that tells the model to stop',
  },
  'loop:reset': {
    source: 'issue/limits 7',
    behavior: 'another call, another reason, an allowed or a held call begins anew; sessions are apart',
  },
  'start:packages': { source: 'design §2', behavior: 'the wrap path loads a fixed set of packages' },

  'tui:answer:keys': {
    source: 'issue/approvals',
    behavior: 'each key of the approvals screen does what its help says',
  },
  'tui:answer:guarded': {
    source: 'issue/approvals',
    behavior: 'a key that was meant for another call, or for no call, answers nothing',
  },
  'tui:read:whole': {
    source: 'issue/approvals',
    behavior: 'a call is approved on the screen only after its arguments were shown to their end',
  },
  'tui:keys:terminal-answers': {
    source: 'security §5',
    behavior: 'answers of a terminal and pastes are never commands, however they are cut',
  },
  'tui:hidden:visible': {
    source: 'law 7',
    behavior: 'invisible, reordering and look-alike characters are made visible and warned of',
  },
  'tui:url:deceptive': { source: 'issue/approvals', behavior: 'deceptive URLs are marked' },
  'tui:hostile:frame': {
    source: 'security §5',
    behavior: 'no text of a request leaves its place on the screen, at 80×24 and at 40×10',
  },
  'tui:sizes': {
    source: 'issue/approvals',
    behavior: 'the screen works at 80×24 and wider, and degrades readably',
  },
  'tui:remember': {
    source: 'issue/approvals',
    behavior: 'a remembered rule is the narrowest, is shown, edited, and saved only after a confirmation',
  },
  'tui:signature': {
    source: 'issue/approvals',
    behavior: 'the passphrase is asked for once, masked, and kept nowhere',
  },
  'tui:pty': {
    source: 'issue/approvals',
    behavior: 'the built screen approves and denies in a real terminal',
  },
  'approve:scripts': {
    source: 'issue/approvals',
    behavior: 'guard approve and guard deny list and answer calls without a terminal, with exit codes',
  },
  'gateway:upstream:era': {
    source: 'MCP 2026-07-28, basic/versioning',
    behavior: 'the era of a server is found out without a setting, also of one that cannot bear the question',
  },
  'gateway:upstream:noise': {
    source: 'law 9',
    behavior: 'what a server says that is no message is noted, bounded and dropped',
  },
  'gateway:upstream:failure-class': {
    source: 'issue 5, bad input',
    behavior: 'an upstream that cannot be used says why, in a word of a closed set and without a secret',
  },
  'gateway:upstream:restarts': {
    source: 'issue 5, 2',
    behavior: 'an upstream that failed is started again after a growing wait, with a new handshake',
  },
  'gateway:upstream:circuit-breaker': {
    source: 'issue 5, 2',
    behavior: 'an upstream that fails too often is left alone for a while, then tried once',
  },
  'gateway:upstream:apart': {
    source: 'issue 5, 2',
    behavior: 'one upstream that is down leaves the others working',
  },
  'gateway:upstream:reconcile': {
    source: 'issue 5, 2',
    behavior: 'a reload touches only the upstreams that changed',
  },
  'gateway:upstream:isolation': {
    source: 'design §10',
    behavior:
      'a server of one session serves it alone, knows its client and ends with it; their number is bounded',
  },
  'gateway:upstream:remote': {
    source: 'issue 5, 2',
    behavior: 'remote servers of both transports and both eras are upstreams like children',
  },
  'gateway:merge:one': {
    source: 'issue 5, 1',
    behavior:
      'tools, prompts, resources and completions of several servers are those of one, under their names',
  },
  'gateway:merge:alone': {
    source: 'issue 5, 1',
    behavior: 'the path of one server shows that server as it is, under its own names',
  },
  'gateway:messages:both-eras': {
    source: 'issue 5, 1',
    behavior: 'progress, cancellation, log messages and updates reach their client, in either era',
  },
  'gateway:session:asks': {
    source: 'issue 5, 2',
    behavior: 'a server of one session asks its client for roots, sampling and elicitation, in either era',
  },
  'gateway:legacy-sse': {
    source: 'issue 5, 1',
    behavior: 'clients of the transport of 2024-11-05 are served where the config says so',
  },
  'gateway:doors:same': {
    source: 'issue 5, 4',
    behavior: 'one conversation gives the same answers and the same records through both doors',
  },
  'gateway:agents:policy': {
    source: 'issue 5, 4',
    behavior: 'policy, limits, tool lists and records are those of the verified agent',
  },
  'gateway:agents:session': {
    source: 'MCP 2025-11-25, security best practices, session hijacking',
    behavior: 'the session of one agent does not exist for another',
  },
  'gateway:agents:challenge': {
    source: 'issue 5, 3',
    behavior: 'who has no token that counts gets 401 or 403, the metadata of where to get one, and a record',
  },
  'gateway:approvals': {
    source: 'issue 5',
    behavior: 'a held call goes on when a person approves it, and is withdrawn when its client gives it up',
  },
  'gateway:kill': {
    source: 'issue 5',
    behavior: 'the kill switch of one server stops its calls, those that wait too, and no others',
  },
  'gateway:reload': {
    source: 'issue 5, 2',
    behavior: 'a changed file changes policy and servers at once; sessions and open calls of the others stay',
  },
  'gateway:troubles:apart': {
    source: 'issue 5, bad input',
    behavior:
      'a server that never starts or answers garbage is told of with its failure class; the others work',
  },
  'gateway:troubles:killed': {
    source: 'issue 5, 2',
    behavior: 'a server that dies in the middle of a call costs one error, and is started again',
  },
  'gateway:ending': {
    source: 'issue 5, 5',
    behavior: 'guard serve answers what is open before it ends, and leaves no process',
  },
  'gateway:exit-codes': {
    source: 'issue 5, 5',
    behavior: 'guard serve ends with 2 where its config or its address cannot be used',
  },
  'gateway:refusals': {
    source: 'issue 5, bad input',
    behavior: 'each kind of bad input gets its documented answer and a record, and the service goes on',
  },
  'gateway:request-id': {
    source: 'issue 5, 1',
    behavior: 'the id of an HTTP request stands in its answer, its records and its log line',
  },
  'gateway:ids:apart': {
    source: 'issue 5, what it must reach',
    behavior: 'clients with the same ids and progress tokens on one shared server hear only what is theirs',
  },
  'config:upstreams': {
    source: 'design §4',
    behavior: "upstreams and a client's own mcpServers map become servers of unique, safe names",
  },
  'http:host': {
    source: 'security study §6, DNS rebinding',
    behavior: 'a Host that is not the gateway’s own gets 403, on every route',
  },
  'http:origin': {
    source: 'MCP 2026-07-28, streamable-http, security warning',
    behavior: 'an Origin that is not allowed gets 403',
  },
  'http:cors': {
    source: 'security study §6',
    behavior: 'only pages that the config names get CORS headers, and never a star',
  },
  'http:routes': {
    source: 'design §10',
    behavior: 'each path takes its methods; other methods get 405 with Allow, other paths 404',
  },
  'http:media-types': {
    source: 'MCP 2026-07-28, streamable-http',
    behavior: 'a body that is no UTF-8 JSON gets 415, an Accept that allows no answer 406',
  },
  'http:request-id': {
    source: 'design §10',
    behavior: 'X-Request-Id stands on every answer; the client’s own is kept where it is plain',
  },
  'http:identity-first': {
    source: 'design §10',
    behavior: 'nothing of a body is read from a sender who is not known',
  },
  'http:body-bound': {
    source: 'law 9',
    behavior: 'a body above the bound gets 413, however it is sent, and is not held',
  },
  'http:smuggling': {
    source: 'security study §6',
    behavior: 'what two HTTP parsers could read differently is refused, and nothing behind it runs',
  },
  'http:slow-client': {
    source: 'law 9',
    behavior: 'a client that sends or reads too slowly is cut off; the others are served',
  },
  'http:caps': {
    source: 'law 9',
    behavior: 'open calls and streams are bounded for each caller and for all',
  },
  'http:answers-whole': {
    source: 'law 2',
    behavior: 'answers and events leave as the bytes that the core gave, of any size',
  },
  'http:client-left': {
    source: 'MCP 2026-07-28, basic/patterns/cancellation',
    behavior: 'the core is told once when a client leaves before its answer',
  },
  'http:closing': {
    source: 'design §10',
    behavior: 'closing takes nothing new, lets open calls finish for a bounded time, and leaves nothing open',
  },
  'http:address': {
    source: 'issue 5, operation',
    behavior: 'an address that cannot be listened on is one clear error with what to do',
  },
  'operate:healthz': { source: 'design §10', behavior: '/healthz is 200 as long as the process lives' },
  'operate:readyz': {
    source: 'design §10',
    behavior: '/readyz is 503 with the names of the servers that are not ready',
  },
  'operate:metrics': {
    source: 'issue 5, operation',
    behavior: '/metrics tells what the docs list, with a bounded number of series',
  },
  'operate:log': {
    source: 'issue 5, operation',
    behavior: 'a log line holds its request id and nothing that a terminal would act on',
  },
  'audit:stdout': {
    source: 'issue 5, operation',
    behavior:
      'records on standard output are never dropped: a slow reader holds calls back, a lost one denies them',
  },
  'install:fixtures': {
    source: 'issue 7, install',
    behavior: 'every real file of a client takes guard in and gives it back byte for byte',
  },
  'install:idempotent': {
    source: 'issue 7, install',
    behavior: 'a second install changes nothing',
  },
  'install:any-layout': {
    source: 'issue 7, install',
    behavior: 'any layout of JSON, TOML and YAML keeps all other values and comes back byte for byte',
  },
  'install:refuses': {
    source: 'issue 7, bad input',
    behavior:
      'a file or server that guard is not sure about stays untouched, with the reason and exit code 1',
  },
  'install:command': {
    source: 'issue 7, install',
    behavior: 'guard install shows what it changes with secrets masked, asks, writes, and tells what it did',
  },
  'install:program-word': {
    source: 'issue 7, install',
    behavior:
      'the word for guard suits the client: absolute on a bare PATH, no path of one machine in shared files',
  },
  'install:files': {
    source: 'issue 7, install',
    behavior: 'files are found by platform, scope and variable, once by their real path',
  },
  'install:safe-write': {
    source: 'issue 7, bad input',
    behavior: 'a file is written whole or not at all, with mode and symlink kept and a backup made first',
  },
  'install:remote': {
    source: 'issue 7, install',
    behavior:
      'a remote entry becomes the bridge, with no header in the arguments, and comes back to the byte',
  },
  'install:timeouts': {
    source: 'issue 7, install',
    behavior: 'a client’s limit is raised where it has one, and comes back to the byte',
  },
  'uninstall:command': {
    source: 'issue 7, uninstall',
    behavior: 'guard uninstall restores each byte, also after neighbors were edited, and from a backup',
  },
  'status:clients': {
    source: 'issue 7, status',
    behavior:
      'guard status names every server of every client, whether it is guarded, and the holes; 1 where one is not',
  },
  'doctor:clients': {
    source: 'issue 7, doctor',
    behavior:
      'guard doctor looks at what clients start: commands, times, changed entries, clients that overwrite',
  },
  'doctor:command': {
    source: 'issue 5, operation',
    behavior:
      'guard doctor finds what is missing, says what to do, changes nothing, and ends with 1 at a problem',
  },
  'gateway:ids': {
    source: 'issue 5, what it must reach',
    behavior:
      'clients that use the same ids, tokens and subscriptions never meet, on one connection or several',
  },
  'gateway:sessions': {
    source: 'issue 5, the endpoint; MCP 2025-11-25 basic/transports',
    behavior: 'a session is its principal’s alone, bounded in number, and ends everything that it began',
  },
  'gateway:merge': {
    source: 'issue 5, the endpoint; protocol.md §2.1 to §2.3',
    behavior: 'lists of several servers become one, in the order of the config, and each name leads back',
  },
  'conformance:clients': {
    source: 'issue 5, the conformance suite; protocol.md §5.5',
    behavior: 'each client scenario that a revision requires goes through guard, or it is said why it cannot',
  },
  'gateway:refusals:bounded': {
    source: 'issue 5, bad input; law 6',
    behavior: 'refusals without end fill neither log nor records, and all of them are counted',
  },
  'gateway:tokens:bad': {
    source: 'issue 5, bad input and identity',
    behavior:
      'a token that is missing, forged, confused in its algorithm or naming keys elsewhere gets 401, a log line and a record; nobody is asked for its keys',
  },
  'gateway:reload:sighup': {
    source: 'issue 5, operation',
    behavior:
      'SIGHUP reads the config again: a good one comes into force, a bad or missing one leaves the old one',
  },
  'gateway:tasks': {
    source: 'issue 5, the endpoint; protocol.md §2.7; MCP 2025-11-25 basic/utilities/tasks, "Security"',
    behavior:
      'tasks of several servers never mix, no caller sees, hears of or cancels another one’s, and all of it is bounded',
  },
  'gateway:tasks:peers': {
    source: 'issue 5, the endpoint; protocol.md §2.7',
    behavior: 'published clients run, list and cancel tasks of a published server on the path of all servers',
  },
  'gateway:eras': {
    source: 'issue 5, the endpoint; protocol.md §2.9',
    behavior:
      'client and server of different eras are translated, questions, subscriptions and bytes included',
  },
  'gateway:recorded-first': {
    source: 'law 4; issue 5, the same pipeline',
    behavior:
      'no server receives a call whose record could not be written, also where many are written together',
  },
  'simulate:changes': {
    source: 'issue 7, point 5',
    behavior: 'past calls under another policy: which decisions change, by which rules, and why',
  },
  'simulate:undecidable': {
    source: 'issue 7, point 5; law 6',
    behavior: 'what the log does not tell is never guessed: where it matters, the call cannot be told',
  },
  'simulate:windows': {
    source: 'issue 7, point 5',
    behavior: 'limits, budgets and prerequisites count by the times, amounts and ends of the log',
  },
  'simulate:exit-code': {
    source: 'issue 7, point 5',
    behavior: '--fail-on-change ends with 2 where a decision changes or cannot be told',
  },
  'learn:least': {
    source: 'issue 7, point 5',
    behavior:
      'a rule per server and tool that was used, bounds where the log supports them, deny for the rest',
  },
  'learn:sound': {
    source: 'issue 7, point 5',
    behavior: 'over the log that it comes from, a learned policy turns no allowed call into a denied one',
  },
  'learn:hostile-names': {
    source: 'law 7',
    behavior: 'no name and no argument breaks out of the quotes and comments of a learned policy',
  },
  'test:policy': {
    source: 'issue 7, point 6',
    behavior:
      'policy tests run like unit tests: calls by a clock of their own, what is expected, and why not',
  },
  'test:junit': {
    source: 'issue 7, point 6',
    behavior: 'the JUnit report is well-formed whatever names hold',
  },
  'dashboard:counts': {
    source: 'issue 8, 1,000,000 records',
    behavior:
      'a first view of a large log comes at once, says of how much it is, and becomes whole by itself',
  },
  'dashboard:login': {
    source: 'issue 8, login; helio.md §10 B; security.md §6',
    behavior:
      'only who knows the secret comes in, for a bounded time, until the secret changes; wrong tries are recorded and slowed down',
  },
  'dashboard:sites': {
    source: 'issue 8, bad input; security.md §6, dashboard',
    behavior: 'no other site, name or frame can read or write anything of the dashboard',
  },
  'dashboard:seen-servers': {
    source: 'issue 8, the page: servers',
    behavior:
      'which tools servers listed is kept for the dashboard, bounded, and believed only as guard wrote it',
  },
  'dashboard:refusals': {
    source: 'issue 8, bad input',
    behavior: 'each request that is turned away gets its documented status, a record, and nothing else',
  },
  'refusals:counted': {
    source: 'issue 8, bad input; law 9',
    behavior: 'a flood of refusals is a few records that count all of them',
  },
  'dashboard:api': {
    source: 'issue 8, the API',
    behavior:
      'each documented path answers as documented, what is not documented is not answered, input is bounded',
  },
  'dashboard:approvals': {
    source: 'issue 8, the page: approvals; law 4',
    behavior:
      'an answer counts once, for the call that was shown, in a recorded name, and never without a signature that is needed',
  },
  'dashboard:audit': {
    source: 'issue 8, the page: audit, analytics, limits, servers',
    behavior:
      'records are searched, explained, counted and exported, limits shown and reset for a reason, servers shown with their rule',
  },
  'dashboard:feed': {
    source: 'issue 8, the API: SSE',
    behavior:
      'pages see what happens, miss nothing over a break that is short, and one that does not read holds up nobody',
  },
  'dashboard:command': {
    source: 'issue 8, points 1 and 4',
    behavior: 'guard dashboard and guard serve serve it, and guard approve --url answers through it',
  },
  'page:pure': {
    source: 'issue 8, points 1 and 2',
    behavior: 'what the page shows is the whole record, every hidden character visible, in bounded memory',
  },
  'page:live': {
    source: 'issue 8, point 1',
    behavior: 'the page follows what happens, shows a lost connection and a gap, and mends both by itself',
  },
  'page:tabs': {
    source: 'issue 8, point 1',
    behavior: 'a person logs in, sees each tab and answers a call in a real browser',
  },
  'page:hostile': {
    source: 'issue 8, bad input; law 8',
    behavior: 'text of agents and servers runs no script, leaves its place on no tab, and hides nothing',
  },
  'page:accessible': {
    source: 'issue 8, point 1; WCAG 2.2 AA',
    behavior: 'axe finds nothing serious on any tab, light and dark, and nothing is cut off at 360 pixels',
  },
  'page:large': {
    source: 'issue 8, what it must reach',
    behavior: 'a feed of 10,000 records keeps few rows in the document, and the keyboard reaches all of them',
  },
  'page:pictures': {
    source: 'issue 8, point 7',
    behavior: 'the docs show the page as it is, in small pictures that a test draws',
  },
  'page:small': {
    source: 'issue 8, point 2',
    behavior: 'the page is under 150 KB gzipped, without inline code, and asks no other machine for anything',
  },
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof REQUIREMENTS;

/** Says, inside a test or a describe block, which promises it holds. */
export function verifies(...ids: readonly RequirementId[]): void {
  for (const id of ids) if (!Object.hasOwn(REQUIREMENTS, id)) throw new Error(`unknown requirement ${id}`);
}

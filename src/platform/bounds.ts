/**
 * Every bound of the program, named once. Law 9: nothing is unbounded, and hitting a bound is a
 * clean error. Sizes are bytes, times are milliseconds, unless the name says otherwise.
 */

/** Largest frame taken from the client (the MCP SDK's own stdio cap). */
export const CLIENT_FRAME_BYTES_MAX = 10 * 1024 * 1024;
/** Pieces of one frame that wait apart; a peer that feeds single bytes would pile up buffers otherwise. */
export const FRAME_PARTS_MAX = 1024;
/** Largest frame taken from the server. */
export const SERVER_FRAME_BYTES_MAX = 64 * 1024 * 1024;
/** Largest frame bound that a config file may ask for. */
export const FRAME_BYTES_CONFIG_MAX = 512 * 1024 * 1024;
/** Deepest nesting of arrays and objects in a message; counted before anything is parsed. */
export const JSON_DEPTH_MAX = 128;
/** Most object members in one message from the client. */
export const JSON_MEMBERS_MAX = 200_000;
/** Longest JSON-RPC id when it is a string. */
export const ID_BYTES_MAX = 4096;
/** Longest method name. */
export const METHOD_CHARS_MAX = 256;
/** Requests under way in one direction at one time. */
export const PENDING_MAX = 10_000;
/** How long a request may wait for its answer before the client is told that none came. */
export const REQUEST_TIMEOUT_MS = 60 * 60 * 1000;
/** Refusals answered at once before the rate below applies. */
export const REFUSAL_BURST_MAX = 100;
/** Refusals answered per second after the burst. */
export const REFUSALS_PER_SECOND_MAX = 20;
/** Notes on stderr about one kind of trouble before they are only counted. */
export const NOISE_NOTES_MAX = 20;
/** Longest piece of foreign text in one note on stderr, in characters. */
export const NOISE_CHARS_MAX = 200;

/** Tools remembered from one server's lists. */
export const CATALOG_TOOLS_MAX = 10_000;
/** Pages of one tool list followed as one list. */
export const CATALOG_PAGES_MAX = 200;

/** Rules of one config file. */
export const RULES_MAX = 50_000;
/** Longest glob or regular expression in a rule, in characters. */
export const PATTERN_CHARS_MAX = 1024;
/** Longest text that a regular expression is run on, in characters; longer counts as not evaluable. */
export const REGEX_INPUT_CHARS_MAX = 16 * 1024;
/** Longest text that a glob is run on, in characters; longer counts as not evaluable. */
export const GLOB_INPUT_CHARS_MAX = 64 * 1024;
/** Subjects (method, server, tool) whose candidate rules are remembered. */
export const POLICY_INDEX_SUBJECTS_MAX = 4096;
/** Candidate rules remembered over all subjects together. */
export const POLICY_INDEX_CANDIDATES_MAX = 1_000_000;
/** Longest subject (method, server, tool, agent … together) that is remembered, in characters. */
export const POLICY_INDEX_SUBJECT_CHARS_MAX = 1024;
/** How deep `match`, `any` and `not` may nest in one rule. */
export const POLICY_NESTING_MAX = 32;
/** Conditions that one decision names as uncertain; the rest count all the same. */
export const POLICY_NOTES_MAX = 16;
/** Longest stretch between two stars of a glob that holds a question mark, in characters. */
export const GLOB_WILD_STRETCH_CHARS_MAX = 64;
/** Longest path in an argument that a path condition looks at, in characters. */
export const PATH_CHARS_MAX = 4096;
/** Longest folder or file name that a pattern with braces or classes is run on, in characters. */
export const PATH_SEGMENT_CHARS_MAX = 255;
/** Longest part of a path pattern that holds braces or classes, in characters. */
export const PATH_PATTERN_SEGMENT_CHARS_MAX = 128;
/** Ways in which the braces of one part of a path pattern may be read. */
export const PATH_PATTERN_ALTERNATIVES_MAX = 64;
/** Texts in one call that self-protection resolves as paths; a call with more is denied. */
export const PROTECTION_PATHS_MAX = 4096;
/** Canonical paths whose place among the protected ones is remembered. */
export const PROTECTION_PLACES_MAX = 512;
/** Keys of arguments that self-protection remembers. */
export const PROTECTION_KEYS_MAX = 1024;
/** Longest key of an argument that self-protection remembers, in characters. */
export const PROTECTION_KEY_CHARS_MAX = 64;
/** Longest command line that self-protection takes apart into words, in characters. */
export const PROTECTION_COMMAND_CHARS_MAX = 64 * 1024;
/** Longest value that an explanation shows, in characters. */
export const EXPLAIN_VALUE_CHARS_MAX = 120;
/** Scopes that a denied caller is told to ask for at once. */
export const NEEDED_SCOPES_MAX = 32;
/** Rules that are tried for the scopes that a denied caller lacks. */
export const NEEDED_SCOPES_RULES_MAX = 64;
/** Elements of a list that an explanation goes through one by one. */
export const EXPLAIN_ELEMENTS_MAX = 8;
/** Longest way to write the home folder, quotes included, that self-protection looks for in texts. */
export const PROTECTION_HOME_CHARS_MAX = 24;
/** Longest text of a decimal number. */
export const DECIMAL_CHARS_MAX = 128;
/** Largest exponent of a decimal number; covers every JavaScript number. */
export const DECIMAL_EXPONENT_MAX = 400;
/** Digits of an amount of money before its decimal point, and behind it; a config file can state as many. */
export const AMOUNT_DIGITS_MAX = 30;
/** Amounts of one call that are added up, where an argument path names several. */
export const AMOUNT_VALUES_MAX = 1000;
/** Largest value of a limit's key, as JSON text, that a pot is named by; of a larger one its digest is taken. */
export const LIMIT_KEY_BYTES_MAX = 128;
/** Pots that one denial names; the rest is counted. */
export const DENIAL_POTS_MAX = 8;
/** Pieces of evidence that one config file may tell of, and that one rule may require. */
export const EVIDENCE_MAX = 256;
/** How far in the future evidence may have been put in: clocks are set by small steps. */
export const EVIDENCE_CLOCK_SLACK_MS = 60_000;
/** Tools or evidence that a denial names as missing. */
export const DENIAL_DEPENDENCIES_MAX = 16;
/** Budgets of one config file. */
export const BUDGETS_MAX = 256;
/** Contributors of one budget. */
export const BUDGET_CONTRIBUTORS_MAX = 256;
/** Largest config file. */
export const CONFIG_BYTES_MAX = 16 * 1024 * 1024;
/** Values that the aliases of one config file may expand to. */
export const CONFIG_ALIAS_NODES_MAX = 100_000;
/** Mistakes of a config that one error message lists; the rest is counted. */
export const CONFIG_MISTAKES_MAX = 50;
/** Longest path or message of one mistake of a config, in characters. */
export const CONFIG_MISTAKE_CHARS_MAX = 500;
/** Longest time that a config file may state: ten years. */
export const CONFIG_DURATION_MS_MAX = 10 * 365 * 86_400_000;
/** Dangling symlinks that one path may lead through, as in the kernel. */
export const PATH_HOPS_MAX = 40;
/** How often the config files are looked at, for changes that the system does not tell of. */
export const CONFIG_POLL_MS = 2000;
/** Quiet time after a change of a config file before it is read again. */
export const CONFIG_DEBOUNCE_MS = 100;

/** Largest audit record; larger arguments are left out and said to be. */
export const AUDIT_RECORD_BYTES_MAX = 256 * 1024;
/** Room in it for what stands before `upstream`: the writer's name, number, time and hash. */
export const AUDIT_RECORD_HEAD_BYTES_MAX = 8 * 1024;
/** Records of one writer after which a checkpoint is due. */
export const AUDIT_CHECKPOINT_RECORDS = 1000;
/** Time after the first record without a checkpoint until one is due. */
export const AUDIT_CHECKPOINT_MS = 60_000;
/** Records of one writer that can follow its last checkpoint: what one turn of the event loop can write. */
export const AUDIT_UNSIGNED_RECORDS_MAX = 64 * 1024;
/** Heads that wait for an anchor that is away; the oldest go first. */
export const ANCHOR_QUEUE_MAX = 256;
/** How long an anchor may take for one head. */
export const ANCHOR_ANSWER_MS = 10_000;
/** How long a syslog server may keep a connection open that guard has ended. */
export const ANCHOR_GOODBYE_MS = 1000;
/** Between two tries of an anchor that is away. */
export const ANCHOR_RETRY_MS = 15_000;
/** How long guard's end waits for the last heads. */
export const ANCHOR_FLUSH_MS = 2000;
/** Writers of one log that `guard audit verify` keeps apart; each takes some hundred bytes. */
export const AUDIT_VERIFY_WRITERS_MAX = 1_000_000;
/** Pieces into which one writer's records may be broken before the rest is only counted. */
export const AUDIT_VERIFY_RUNS_MAX = 2048;
/** Findings that are named with their place; the rest is counted. */
export const AUDIT_FINDINGS_MAX = 1000;
/** Longest piece of foreign text in one audit field, in characters. */
export const AUDIT_FIELD_CHARS_MAX = 1024;
/** Items of one list in an audit record (`uncertain`, `config`); the rest is counted. */
export const AUDIT_LIST_MAX = 16;
/** Largest JSON value of `approval`, `limits` or an event's `detail` in an audit record. */
export const AUDIT_DETAIL_BYTES_MAX = 16 * 1024;
/** Bytes of records that are staged before they are written without waiting for the commit. */
export const AUDIT_STAGED_BYTES_MAX = 4 * 1024 * 1024;
/** The file of the key that signs checkpoints; an Ed25519 key as PEM has 119 bytes. */
export const AUDIT_KEY_BYTES_MAX = 4096;
/** Between two looks at a log that seems to end inside a line. */
export const AUDIT_TORN_LOOK_MS = 5;
/** Looks at such a log before it is taken for torn although it still grows. */
export const AUDIT_TORN_LOOKS_MAX = 20;
/** Room for staged records that is kept from commit to commit. */
export const AUDIT_STAGED_BYTES = 256 * 1024;
/** How often a writer of the audit log looks whether the file was rotated. */
export const AUDIT_ROTATION_CHECK_MS = 1000;
/** Time between two syncs of the audit log with `fsync: interval`. */
export const AUDIT_SYNC_MS = 1000;
/** Longest line that an audit reader takes for a record; above what any writer writes. */
export const AUDIT_LINE_BYTES_MAX = 2 * AUDIT_RECORD_BYTES_MAX;
/** How long a follower goes on reading a file that was rotated away; longer than a writer's check. */
export const AUDIT_ROTATION_GRACE_MS = 3 * AUDIT_ROTATION_CHECK_MS;
/** Rotated files that a follower reads to their end at one time. */
export const AUDIT_ROTATED_FILES_MAX = 8;
/** Smallest file size at which a log can be told to rotate. */
export const AUDIT_ROTATION_BYTES_MIN = 64 * 1024;
/** How long a rotation may take before the process that began it is taken for dead. */
export const AUDIT_ROTATION_CLAIM_MS = 10_000;
/** Names that a rotation tries before it gives up. */
export const AUDIT_ROTATION_NAMES_MAX = 100;
/** Read size of an inventory: small, as calls are served between two pieces. */
export const AUDIT_INVENTORY_READ_BYTES = 64 * 1024;
/** Writers of one file of the log that an inventory tells apart. */
export const AUDIT_INVENTORY_WRITERS_MAX = 100_000;
/** Bytes of writers in one record about a removed file; its other members fit beside them. */
export const AUDIT_PRUNED_BYTES_MAX = 8 * 1024;
/** How long after a rotation a guard that serves calls looks for files that are too old. */
export const AUDIT_RETENTION_DELAY_MS = 5000;
/** How long it rests between two pieces of such a file. */
export const AUDIT_RETENTION_REST_MS = 5;
/** Rotated files of one log that are listed; a log with more of them is not read. */
export const AUDIT_SEGMENTS_MAX = 10_000;
/** First bytes of an audit file by which a follower knows it again. */
export const AUDIT_HEAD_BYTES = 256;
/** Files beside the audit log that a follower searches for the copy of a truncated one. */
export const AUDIT_SIBLINGS_MAX = 256;
/** Longest `tracestate` that is carried on, and its members (W3C Trace Context §3.3.1.5, §3.3.1.1). */
export const TRACESTATE_CHARS_MAX = 512;
export const TRACESTATE_MEMBERS_MAX = 32;
/** Longest `baggage` that is carried on (W3C Baggage §3.3.2). */
export const BAGGAGE_CHARS_MAX = 8192;
/** Calls whose spans are not ended yet. */
export const SPANS_OPEN_MAX = 10_000;
/** Spans that wait for the collector; later ones are dropped and counted. */
export const SPAN_QUEUE_MAX = 2048;
/** Spans of one request to the collector. */
export const SPAN_BATCH_MAX = 512;
/** Between two requests to the collector. */
export const SPAN_EXPORT_MS = 5000;
/** How long the collector may take to answer. */
export const SPAN_ANSWER_MS = 10_000;
/** How long guard's end waits for the last spans. */
export const SPAN_FLUSH_MS = 2000;

/** Exact secrets that redaction looks for. */
export const REDACT_SECRETS_MAX = 1024;
/** Text that redaction looks through in one value, in characters; the rest is left out. */
export const REDACT_CHARS_MAX = AUDIT_RECORD_BYTES_MAX / 2;
/** Encodings inside one another (JSON in a string, URL escapes, base64) that redaction opens. */
export const REDACT_LEVELS_MAX = 4;
/** Longest value that redaction takes for the base64 of a text, in characters. */
export const REDACT_BASE64_CHARS_MAX = 32 * 1024;
/** Percent-encoded words of one text that redaction opens one by one; all are read together. */
export const REDACT_WORDS_MAX = 256;
/** Text that redaction decodes in one value, in characters, all encodings together. */
export const REDACT_DECODED_CHARS_MAX = REDACT_CHARS_MAX;
/** How long the record of an outcome may wait to be written with others. */
export const AUDIT_DELAY_MS = 100;
/** Read size of audit readers. */
export const AUDIT_READ_BYTES = 1024 * 1024;
/** Decision records that a reader keeps while it waits for their outcomes. */
export const TAIL_OPEN_CALLS_MAX = 10_000;
/** Raw text of the halves of calls that a search holds until the other half comes. */
export const AUDIT_HELD_BYTES_MAX = 16 * 1024 * 1024;
/** How far clocks may have jumped for a search of a time to find everything in rotated files all the same. */
export const AUDIT_CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;
/** Least time between two drawings of a progress bar. */
export const PROGRESS_MS = 100;
/** Names (tools, servers, …) that `guard audit stats` counts apart; the rest is counted together. */
export const STATS_NAMES_MAX = 1000;
/** Hours that `guard audit stats` counts apart: more than ten years. */
export const STATS_HOURS_MAX = 100_000;
/** Bytes of a log that one file of its call index stands for; what is behind the last whole piece is read each time. */
export const CALL_INDEX_PIECE_BYTES = 4 * 1024 * 1024;
/** Names in one such file, each of which is a number of 16 bits there. */
export const CALL_INDEX_NAMES_MAX = 60_000;
/** Such a file holds far less than its piece; one above this is not kept. */
export const CALL_INDEX_FILE_BYTES_MAX = CALL_INDEX_PIECE_BYTES;
/** Such files of all logs of a user, which stand for 32 GiB; the oldest go first. */
export const CALL_INDEX_FILES_MAX = 8192;
/** Rows of a table in the overview of `guard audit stats`; `--by` shows all. */
export const STATS_TOP_MAX = 10;
/** Log records in one request of an OpenTelemetry export. */
export const OTLP_BATCH_RECORDS = 1000;
/** Bytes of log records in one such request, roughly; collectors refuse larger ones. */
export const OTLP_BATCH_BYTES = 2 * 1024 * 1024;
/** How often such a request is sent before the export gives up. */
export const OTLP_TRIES_MAX = 6;
/** Longest wait between two tries, whatever the collector asks for. */
export const OTLP_WAIT_MS_MAX = 30_000;
/** How long one such request may take. */
export const OTLP_TIMEOUT_MS = 30_000;
/** What is read of a collector's answer. */
export const OTLP_ANSWER_BYTES_MAX = 64 * 1024;
/** Most earlier calls that `guard tail` shows before it follows. */
export const TAIL_LINES_MAX = 10_000;
/** Raw text of earlier records that `guard tail --json` holds. */
export const TAIL_HISTORY_BYTES_MAX = 64 * 1024 * 1024;
/** Rotated files that `guard tail` reads for earlier calls where no time was named. */
export const AUDIT_LOOK_BACK_BYTES_MAX = 512 * 1024 * 1024;
/** How long `guard tail` holds a decision back for its outcome. */
export const TAIL_JOIN_MS = 1000;
/** How long a stopped `guard tail` waits for a reader that takes nothing more. */
export const TAIL_FLUSH_MS = 500;
/** How often a follower looks for new records. */
export const TAIL_POLL_MS = 100;

/** After the server's stdin is closed: how long until SIGTERM. */
export const SHUTDOWN_CLOSE_MS = 1500;
/** After SIGTERM: how long until SIGKILL. */
export const SHUTDOWN_TERM_MS = 1500;
/** After SIGKILL: how long until guard leaves all the same. */
export const SHUTDOWN_KILL_MS = 1000;
/** How often the wrapper looks whether its parent is still there. */
export const PARENT_POLL_MS = 1000;
/** Bytes waiting for the child's stdin or the client before the other side is paused. */
export const QUEUE_BYTES_MAX = 1024 * 1024;

/** How long a remote server may take for response headers: one that does not stream sends them when its tool is done. */
export const REMOTE_HEADERS_MS = REQUEST_TIMEOUT_MS;
/** Event streams reopened in a row without one event before guard gives up. */
export const REMOTE_RECONNECTS_MAX = 5;
/** How long the first request after a handshake waits for the server to know of the stream for what it says unasked. */
export const REMOTE_LISTEN_HEAD_START_MS = 25;
/** POST requests to a remote server under way at one time. */
export const REMOTE_POSTS_MAX = 256;
/** How long a silent server may hold the answer to one request, its stream kept open. */
export const REMOTE_ANSWER_MS = 24 * 60 * 60 * 1000;
/** How long a server of the older HTTP+SSE transport may take to name its endpoint. */
export const REMOTE_ENDPOINT_MS = 10_000;
/** Redirects of one request that stay on the server's own origin. */
export const REMOTE_REDIRECTS_MAX = 3;
/** Shortest wait before an event stream is reopened, whatever the server asks for. */
export const REMOTE_BACKOFF_MS_LEAST = 100;
/** Longest wait before an event stream is reopened, whatever the server asks for. */
export const REMOTE_BACKOFF_MS_MAX = 30_000;
/** An event stream that held this long was no failed attempt, even without an event. */
export const REMOTE_STREAM_HELD_MS = 10_000;
/** How long a response stream may go on after its answer, or after its request was cancelled. */
export const REMOTE_STREAM_GRACE_MS = 1000;
/** Longest event id that is sent back to resume a stream. */
export const REMOTE_EVENT_ID_BYTES_MAX = 4096;
/** Largest error page that is looked through for a JSON-RPC error. */
export const REMOTE_ERROR_BODY_BYTES_MAX = 1024 * 1024;
/** Arguments of one tool that its schema asks to repeat as headers. */
export const REMOTE_PARAMETER_HEADERS_MAX = 64;
/** At the end: how long answers that are under way are waited for. */
export const REMOTE_LAST_ANSWERS_MS = 900;
/** At the end: how long the server may take to delete its session. */
export const REMOTE_DELETE_MS = 1000;

/** Cancelled requests whose late answers are still let through; older ones count as unsolicited. */
export const CANCELLED_MAX = 1000;

/** Lists that are being read page by page at one time. */
export const CATALOG_LISTINGS_MAX = 16;

/** Spellings remembered, since the same keys come in every call. */
export const FOLDED_KEYS_MAX = 4096;

/** How often open requests are held against their time limit, at most. */
export const EXPIRY_POLL_MS_MAX = 5000;
/** The longest time that a timer can hold. */
export const TIMER_MS_MAX = 2 ** 31 - 1;
/** Denials waiting for a server that does not read, before its output is paused as well. */
export const REPLY_BYTES_MAX = 16 * 1024 * 1024;

/** Up to so many bytes, lines for a server are copied into one piece rather than written one by one. */
export const LINES_JOINED_BYTES_MAX = 64 * 1024;

/** Longest server name that is derived from a command. */
export const SERVER_NAME_CHARS_MAX = 64;

/** Bytes of the server's stderr that may wait for a reader; what comes beyond is dropped and counted. */
export const STDERR_BYTES_MAX = 1024 * 1024;

/** Root members that are remembered; a message has at most six, so more is a fault of its own. */
export const ROOT_MEMBERS_MAX = 16;
/** Members of `params`, `result` or `error` that are remembered. */
export const NESTED_MEMBERS_MAX = 64;

/** How long the canonical form of a path is taken as it was. */
export const PATH_MEMORY_MS = 100;
/** Paths whose canonical form is remembered at one time. */
export const PATH_MEMORY_PATHS_MAX = 512;
/** Frames of one read that are judged and recorded before they leave; the rest of the read follows. */
export const BATCH_FRAMES_MAX = 16;

/** Calls that wait for a person in one guard process at one time; above it calls are denied. */
export const APPROVALS_PENDING_MAX = 1000;
/** Ends of approvals that are kept for a retry at one time; the oldest is given up first. */
export const APPROVALS_KEPT_MAX = 1000;
/** Session answers that one guard process remembers; the oldest is given up first. */
export const APPROVALS_SESSION_MAX = 500;
/** Largest arguments that a request shows; larger ones can only be denied. */
export const APPROVAL_SHOWN_BYTES_MAX = 256 * 1024;
/** How often a waiting call with a progress token is told that it still waits. */
export const APPROVAL_PROGRESS_MS = 5000;
/** A refusal of the client that comes faster means that nobody was there to read. */
export const APPROVAL_HUMAN_MS = 1000;
/** How long one round of a waiting modern request lasts: below the shortest client time-out, 60 s. */
export const APPROVAL_ROUND_MS = 45_000;
/** Rounds of one modern request; clients give up after 10. */
export const APPROVAL_ROUNDS_MAX = 9;
/** Characters of arguments that a question in the client shows. */
export const APPROVAL_MESSAGE_CHARS_MAX = 2000;

/** Largest file that holds an approver's key. */
export const APPROVER_KEY_BYTES_MAX = 16 * 1024;
/** Shortest passphrase of an approver's key, in characters. */
export const PASSPHRASE_CHARS_LEAST = 8;
/** Longest passphrase that is read, in characters. */
export const PASSPHRASE_CHARS_MAX = 1024;
/** Cost (N) of scrypt for new keys: 128 MiB and about half a second for each guess. */
export const SCRYPT_COST = 2 ** 17;
/** Largest cost that a key file may ask for; a file from a stranger would exhaust the memory otherwise. */
export const SCRYPT_COST_MAX = 2 ** 18;
/** Block size (r) of scrypt, for new keys and at most: 128 * N * r bytes are used. */
export const SCRYPT_BLOCK_MAX = 8;
/** Parallelism (p) of scrypt that a key file may ask for. */
export const SCRYPT_PARALLELISM_MAX = 4;
/** Most approvers of one config, and keys that are looked at in one folder. */
export const APPROVERS_MAX = 64;

/** Largest file of remembered answers. */
export const REMEMBERED_BYTES_MAX = 4 * 1024 * 1024;
/** Answers that are remembered at one time. */
export const REMEMBERED_ENTRIES_MAX = 1000;
/** Conditions of one remembered answer, one for each argument. */
export const REMEMBERED_CONDITIONS_MAX = 64;
/** Largest remembered answer. */
export const REMEMBERED_ENTRY_BYTES_MAX = 64 * 1024;
/** How long an answer for a project or a user is remembered where the person states no other time: 30 days. */
export const REMEMBERED_MS = 30 * 86_400_000;
/** Between two attempts to take the lock of the remembered answers. */
export const REMEMBERED_LOCK_POLL_MS = 10;
/** Attempts to take that lock; its holder needs milliseconds. */
export const REMEMBERED_LOCK_TRIES_MAX = 1000;

/** Time for which `guard approve` answers nothing after another request came into focus. */
export const KEY_GUARD_MS = 300;
/** Silence after which an unfinished key sequence was none. */
export const KEY_SEQUENCE_MS = 500;
/** Longest answer of a terminal, or paste, that the key reader takes for one. */
export const KEY_SEQUENCE_CHARS_MAX = 4096;
/** Longest reason of a denial. */
export const REASON_CHARS_MAX = 500;
/** Deceptive URLs of one text that are told of. */
export const DECEPTIVE_URLS_MAX = 20;
/** Warnings of one request that are listed; the rest is counted. */
export const WARNINGS_MAX = 20;
/** Values of one call's arguments that are compared with those of the last. */
export const DIFF_LEAVES_MAX = 2000;
/** Ended requests that the history pane shows. */
export const HISTORY_ENTRIES_MAX = 200;
/** Requests whose reading is remembered by the screen. */
export const READINGS_MAX = 2000;

/** Largest request file on the approvals bus; a request above it is not shown there. */
export const APPROVAL_REQUEST_BYTES_MAX = 4 * 1024 * 1024;
/** Largest file of an ended request, which holds the request once more. */
export const APPROVAL_ENDED_BYTES_MAX = 8 * 1024 * 1024;
/** Largest answer file, and largest note on an answer that was refused. */
export const APPROVAL_ANSWER_BYTES_MAX = 256 * 1024;
/** How often a watched folder is looked at, for changes that the system does not tell of. */
export const FOLDER_POLL_MS = 500;
/** How long an answer file that seems cut off is left alone, since its writer may not be done. */
export const APPROVAL_SETTLE_MS = 100;
/** How long an approver waits for the process that holds the call to say what became of the answer. */
export const APPROVAL_CONFIRM_MS = 2000;
/** Between two looks for that. */
export const APPROVAL_CONFIRM_LOOK_MS = 10;
/** Quiet time in which changes of the bus are told to the screen as one. */
export const APPROVAL_QUIET_MS = 20;
/** Ended requests that are kept on the bus. */
export const APPROVALS_ENDED_MAX = 500;
/** Refused answers that are kept on the bus. */
export const APPROVALS_REFUSED_MAX = 500;
/** Refused answers to one request that are kept; older ones make room. */
export const APPROVAL_REFUSALS_PER_REQUEST_MAX = 20;
/** How long ended requests and refused answers are kept on the bus. */
export const APPROVALS_KEPT_MS = 7 * 86_400_000;
/** Ended requests after which their owner looks whether old ones have to go. */
export const APPROVALS_PRUNE_EVERY = 64;
/** How long what a killed writer left behind, or an answer to nothing, lies on the bus. */
export const APPROVAL_LEFTOVER_MS = 60 * 60 * 1000;
/** Request files that one approver's screen reads. */
export const APPROVAL_BOARD_FILES_MAX = 10_000;
/** Bytes of request files that one approver's screen keeps in memory. */
export const APPROVAL_BOARD_BYTES_MAX = 128 * 1024 * 1024;
/** Lines about files that are no requests; the rest is counted. */
export const APPROVAL_TROUBLES_MAX = 50;

/** Characters that a request keeps of why a channel could not deliver it. */
export const UNDELIVERED_CHARS_MAX = 300;

/** Tries of one delivery to a webhook or Slack; the waits between them double, with jitter. */
export const DELIVERY_TRIES_MAX = 5;
/** The first wait between two tries. */
export const DELIVERY_WAIT_MS = 500;
/** The longest wait between two tries, also where the receiver asks for a longer one. */
export const DELIVERY_WAIT_MS_MAX = 60_000;
/** How long one try may take, with its answer. */
export const DELIVERY_TIMEOUT_MS = 10_000;
/** Largest answer of a receiver that is read. */
export const DELIVERY_ANSWER_BYTES_MAX = 1024 * 1024;
/** Deliveries to one webhook at one time; the others wait for their turn. */
export const DELIVERIES_AT_ONCE_MAX = 16;
/** How long guard waits at its end for channels to say that nobody is waited for any more. */
export const DELIVERY_FLUSH_MS = 2000;

/** Largest body of a request to the callback listener. */
export const CALLBACK_BODY_BYTES_MAX = 1024 * 1024;
/** How long a client of the callback listener may take for its request. */
export const CALLBACK_TIMEOUT_MS = 10_000;
/** Connections to the callback listener at one time. */
export const CALLBACK_CONNECTIONS_MAX = 100;
/** Longest callback token that is looked at, in characters. */
export const CALLBACK_TOKEN_CHARS_MAX = 2048;
/** Longest name of an approver, and longest reason, that an answer from outside may carry. */
export const OUTSIDE_NAME_CHARS_MAX = 256;
export const OUTSIDE_REASON_CHARS_MAX = 2000;

/** How old, or how far ahead, a request of Slack may be: as Slack's documentation has it. */
export const SLACK_SKEW_MS = 5 * 60 * 1000;
/** Requests and envelopes of Slack that are remembered, so that none counts twice. */
export const SLACK_SEEN_MAX = 10_000;
/** Characters of one text block of a Slack message; Slack's own bound is 3000. */
export const SLACK_BLOCK_CHARS_MAX = 2900;
/** Text blocks that the arguments of a call may take in a Slack message; Slack's own bound is 50 in all. */
export const SLACK_ARGUMENT_BLOCKS_MAX = 8;
/** Characters of one name in a Slack message. */
export const SLACK_NAME_CHARS_MAX = 200;
/** Largest message on the socket of Slack. */
export const SLACK_SOCKET_BYTES_MAX = 1024 * 1024;
/** A socket that has been silent for this long is pinged, and dropped when it stays silent as long again. */
export const SLACK_SILENCE_MS = 15_000;
/** A press in Slack that another process holds the call of: how long it may take it, between two looks, how many wait, how large one is. */
export const SLACK_ACT_MS = 2500;
export const SLACK_ACT_LOOK_MS = 50;
export const SLACK_ACTS_MAX = 100;
export const SLACK_ACT_BYTES_MAX = 32 * 1024;
/** Failed connections to Slack in a row after which requests are reported as undelivered. */
export const SLACK_CONNECTS_MAX = 5;

/** How long a desktop notifier may run. */
export const NOTIFIER_TIMEOUT_MS = 5000;
/** Calls that come within this time are one desktop notification. */
export const NOTIFIER_QUIET_MS = 1000;

/** Characters of a call's arguments in the list that `guard approve` prints. */
export const LIST_ARGUMENT_CHARS_MAX = 400;

/** Largest record of the limits ledger, but for snapshots. */
export const LEDGER_RECORD_BYTES_MAX = 16 * 1024;
/** Pots that one call may draw on. */
export const LEDGER_DRAWS_MAX = 64;
/** Longest id, name or reason in the ledger. */
export const LEDGER_TEXT_BYTES_MAX = 1024;
/** Digits that an amount or limit in the ledger may have before its point, and behind it. */
export const LEDGER_DECIMAL_DIGITS_MAX = 40;
/** Decimals of ledger records that are remembered by their text. */
export const LEDGER_DECIMALS_REMEMBERED_MAX = 1024;
/** Longest window of a pot: ten years. */
export const LEDGER_WINDOW_MS_MAX = 3653 * 86_400_000;
/** Time without use after which the pot of a session, or without a new mark after which all of its marks, are given up. */
export const LEDGER_SESSION_IDLE_MS = 24 * 60 * 60 * 1000;
/** How far clocks may step back without anything that counts again being forgotten already. */
export const LEDGER_CLOCK_SLACK_MS = 60 * 60 * 1000;
/** Records in a row that must agree that a time has passed before what ended by then is forgotten. */
export const LEDGER_CLOCK_RECORDS = 64;
/** Records after which what has left every window is forgotten. */
export const LEDGER_SWEEP_RECORDS = 1024;
/** Amounts that count at one time; above it limited calls are denied. */
export const LEDGER_ENTRIES_MAX = 1_000_000;
/** Pots that exist at one time; above it calls that need another one are denied. */
export const LEDGER_POTS_MAX = 50_000;
/** Marks of what happened in sessions, in all of them together; above it no more are kept, and what needs them is denied. */
export const LEDGER_MARKS_MAX = 50_000;
/** Marks that one session may have. */
export const LEDGER_SESSION_MARKS_MAX = 1024;
/** Age at which a mark that is made again is written again, so that its session does not look idle. */
export const LEDGER_MARK_RENEW_MS = 60 * 60 * 1000;
/** Resets whose reason is kept when the ledger is compacted. */
export const LEDGER_RESETS_MAX = 64;
/** Bytes behind the snapshot after which a ledger file is closed; a large snapshot allows half of what it has itself. */
export const LEDGER_TAIL_BYTES_MAX = 256 * 1024;
/** Largest ledger file that is read. */
export const LEDGER_FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Attempts to reach the newest ledger file while others close one after the other. */
export const LEDGER_TRIES_MAX = 64;

/** Largest file of a kill switch. */
export const SWITCH_FILE_BYTES_MAX = 64 * 1024;
/** Longest reason of a kill switch, and longest name of the server that it stops. */
export const SWITCH_TEXT_CHARS_MAX = 1000;
/** Files in the folder of kill switches; more of them stop everything. */
export const SWITCH_FILES_MAX = 1000;

/** Largest file in which a running guard tells of itself. */
export const RUNNING_FILE_BYTES_MAX = 256 * 1024;
/** Running guards that are read. */
export const RUNNING_FILES_MAX = 1000;
/** How often a guard writes down what changed, at most. */
export const RUNNING_REFRESH_MS = 2000;
/** Servers whose tools are remembered, the tools of one, and the largest file about one. */
export const SEEN_SERVERS_MAX = 200;
export const SEEN_TOOLS_MAX = 2000;
export const SEEN_SERVER_FILE_BYTES_MAX = 4 * 1024 * 1024;
/** From a server's list of tools until it is written down: the client waits for other things then. */
export const SEEN_TOOLS_DELAY_MS = 1000;
/** From a guard's first message until it first tells of itself: the client waits for other things then. */
export const RUNNING_FIRST_MS = 100;

/** Calls of one session whose servers asked for input, and whose retries are not counted again. */
export const PAID_ROUNDS_MAX = 1000;
/** How long such a retry may take; after that it is a call of its own. */
export const PAID_ROUND_MS_MAX = 60 * 60 * 1000;

/** Denials of one call in a row after which its agent is told to stop repeating it. */
export const LOOP_DENIALS = 3;
/** What it is told to wait then; each further denial doubles it. */
export const LOOP_RETRY_MS = 5000;
/** Longest wait that it is told. */
export const LOOP_RETRY_MS_MAX = 5 * 60_000;
/** Sessions whose last denial is remembered. */
export const LOOP_SESSIONS_MAX = 1000;

/** Longest bearer token that is looked at, in characters. */
export const TOKEN_CHARS_MAX = 16 * 1024;
/** How far the clocks of guard and of who made a token may differ. */
export const TOKEN_CLOCK_TOLERANCE_MS = 30_000;
/** How deep the claims of a token may nest. */
export const TOKEN_CLAIMS_DEPTH_MAX = 16;
/** Scopes of one token. */
export const TOKEN_SCOPES_MAX = 256;
/** Longest name of an agent, and longest subject of a token, in characters. */
export const AGENT_CHARS_MAX = 256;
/** How long a verified token is taken for good without another look at its signature. */
export const TOKEN_REMEMBERED_MS = 60_000;
/** Verified tokens that are remembered; above it the oldest is verified again. */
export const TOKENS_REMEMBERED_MAX = 10_000;
/** Longest life of a token that `guard token mint` makes. */
export const DEV_TOKEN_MS_MAX = 30 * 86_400_000;

/** How long one document of an OIDC issuer may take. */
export const ISSUER_TIMEOUT_MS = 5000;
/** Largest document of an OIDC issuer. */
export const ISSUER_DOCUMENT_BYTES_MAX = 256 * 1024;
/** Keys of an OIDC issuer. */
export const ISSUER_KEYS_MAX = 256;
/** Time after which an issuer's keys are fetched anew; a key that it withdrew counts at most that long. */
export const ISSUER_KEYS_FRESH_MS = 5 * 60_000;
/** How long keys count while their issuer cannot be reached. */
export const ISSUER_KEYS_KEPT_MS = 24 * 60 * 60 * 1000;
/** Time between two fetches for the sake of tokens that name an unknown key. */
export const ISSUER_UNKNOWN_KEY_MS = 10_000;
/** First wait after an issuer could not be reached; each further failure doubles it. */
export const ISSUER_RETRY_MS = 1000;
/** Longest wait after an issuer could not be reached. */
export const ISSUER_RETRY_MS_MAX = 60_000;

/** Most that a config may give an upstream from its start to the end of its handshake. */
export const UPSTREAM_START_MS_MAX = 3_600_000;
/** How long an upstream of unknown era may take for `server/discover` before it is taken for a legacy one. */
export const UPSTREAM_PROBE_MS = 10_000;
/** How long an upstream that seems gone may take to show that it is not. */
export const UPSTREAM_CHECK_MS = 10_000;
/** A connection that held this long was no failed start. */
export const UPSTREAM_STABLE_MS = 3000;
/** Wait before the first restart of an upstream; it doubles from failure to failure. */
export const UPSTREAM_BACKOFF_MS = 250;
/** Longest wait before a restart. */
export const UPSTREAM_BACKOFF_MS_MAX = 30_000;
/** Failures within the window below after which an upstream is left alone for a while. */
export const UPSTREAM_FAILURES_MAX = 5;
/** The window in which failures count toward that. */
export const UPSTREAM_FAILURES_MS = 60_000;
/** How long such an upstream is left alone before one trial; it doubles from trial to trial. */
export const UPSTREAM_BROKEN_MS = 30_000;
/** Longest time for which it is left alone. */
export const UPSTREAM_BROKEN_MS_MAX = 300_000;
/** Longest wait for a restart that a caller is kept in; a longer one it is told of. */
export const UPSTREAM_PATIENCE_MS = 2000;
/** How long the open requests of an upstream whose config changed may go on. */
export const UPSTREAM_DRAIN_MS = 10_000;
/** Connections of one upstream that serve one session each. */
export const UPSTREAM_SESSIONS_MAX = 64;
/** Connections of all upstreams together that serve one session each. */
export const UPSTREAM_SESSIONS_TOTAL_MAX = 256;
/** Upstreams of one config. */
export const UPSTREAMS_MAX = 256;
/** Longest line of an upstream's stderr that a log takes. */
export const UPSTREAM_STDERR_LINE_BYTES_MAX = 16 * 1024;
/** Connections that the HTTP door holds open at one time; more are closed as they come. */
export const HTTP_CONNECTIONS_MAX = 4096;
/** Bytes of all headers of one request, its first line included. */
export const HTTP_HEADER_BYTES_MAX = 16 * 1024;
/** Headers of one request. */
export const HTTP_HEADERS_MAX = 100;
/** How long a client may take for the headers of a request. */
export const HTTP_HEADERS_MS = 10_000;
/** How long a client may take for a request whose body is small. */
export const HTTP_REQUEST_MS = 30_000;
/** Slowest pace, in bytes per second, at which a large body may come. */
export const HTTP_BODY_BYTES_PER_SECOND_LEAST = 1024 * 1024;
/** How often requests are held against those two times. */
export const HTTP_TIMEOUT_CHECK_MS = 2000;
/** How long a connection without a request stays open; longer than the pools of usual proxies keep theirs. */
export const HTTP_IDLE_MS = 65_000;
/** How long a client may take nothing of what waits for it before it is cut off. */
export const HTTP_STALL_MS = 30_000;
/** Bytes of request bodies that are held at one time, over all requests. */
export const HTTP_BODIES_BYTES_MAX = 512 * 1024 * 1024;
/** Largest body of a refused request that is read to its end, so that its connection can be used again. */
export const HTTP_SKIPPED_BODY_BYTES_MAX = 64 * 1024;
/** Bytes of a refused body that are read and dropped while the client reads the refusal. */
export const HTTP_LINGER_BYTES_MAX = 32 * 1024 * 1024;
/** How long that goes on. */
export const HTTP_LINGER_MS = 2000;
/** Longest X-Request-Id that is taken over, in characters. */
export const REQUEST_ID_CHARS_MAX = 128;
/** Exchanges that are open at one time, over all callers. */
export const EXCHANGES_MAX = 8192;
/** Calls of one caller that are open at one time. */
export const CALLER_CALLS_MAX = 2048;
/** Listening streams (GET) of one caller that are open at one time. */
export const CALLER_STREAMS_MAX = 256;
/** After that time a client that was turned away for a cap may come again. */
export const CAP_RETRY_MS = 1000;
/** Time between two comments on an event stream, so that no proxy takes it for dead. */
export const STREAM_COMMENT_MS = 15_000;
/** Bytes that may wait on an event stream when one more event comes; a client behind that is cut off. */
export const STREAM_WAITING_BYTES_MAX = SERVER_FRAME_BYTES_MAX;
/** Bytes of answers that wait for all slow clients together; the slowest is cut off above it. */
export const ANSWERS_WAITING_BYTES_MAX = 512 * 1024 * 1024;
/** Largest JSON answer that is copied behind its head; larger ones leave as they are. */
export const ANSWER_JOINED_BYTES_MAX = 14 * 1024;
/** Largest event that is copied into one piece; larger ones leave as they are. */
export const EVENT_COPY_BYTES_MAX = 16 * 1024;
/** How long open exchanges may go on once the HTTP door is closing. */
export const HTTP_DRAIN_MS = 10_000;
/** Longest value of one field in a line of the gateway's log, in characters. */
export const LOG_VALUE_CHARS_MAX = 1000;
/** Tools of one server that metrics tell apart; the calls of further ones count as `other`. */
export const METRIC_TOOLS_MAX = 200;
/** Bytes of audit records that may wait for a slow reader of standard output; calls are denied above it. */
export const AUDIT_STREAM_WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** How long an ending guard waits for a reader of standard output to take the last records. */
export const AUDIT_STREAM_END_MS = 5000;
/** How long `guard doctor` waits for one answer of another machine. */
export const DOCTOR_ANSWER_MS = 5000;
/** Largest document that `guard doctor` reads from another machine. */
export const DOCTOR_DOCUMENT_BYTES_MAX = 1024 * 1024;
/** Free bytes on the disk of the audit log below which `guard doctor` speaks up. */
export const DOCTOR_DISK_BYTES_LEAST = 256 * 1024 * 1024;
/** How far clocks may differ before `guard doctor` speaks up. */
export const DOCTOR_CLOCK_MS_MAX = 60_000;

/** Largest config file of a client that guard reads; some keep their history in it. */
export const CLIENT_FILE_BYTES_MAX = 32 * 1024 * 1024;
/** Config files of clients that one run looks at. */
export const CLIENT_FILES_MAX = 500;
/** Servers in one config file of a client. */
export const CLIENT_ENTRIES_MAX = 1000;
/** Backups that are kept of one config file. */
export const CLIENT_BACKUPS_MAX = 20;
/** Largest file in which guard remembers what it wrote into one config file. */
export const CLIENT_NOTES_BYTES_MAX = 4 * 1024 * 1024;
/** The limit of one call that `guard install --set-timeouts` asks a client for: longer than the default wait for an approval. */
export const CLIENT_CALL_MS = 600_000;
/** How long guard waits for another program's lock on a config file. */
export const CLIENT_LOCK_MS = 3000;
/** Another program's lock that is older than this was left behind. */
export const CLIENT_LOCK_STALE_MS = 10_000;
/** How long guard computes what changes in a file before it says that it is too much. */
export const CLIENT_DIFF_MS = 5000;
/** How long guard waits for the system's list of processes. */
export const PROCESS_LIST_MS = 5000;
/** Bytes of the newest end of the audit log in which `guard status` looks for servers. */
export const STATUS_LOG_BYTES_MAX = 16 * 1024 * 1024;
/** A client that waits no longer than this for a server's first answer has no time for a download. */
export const CLIENT_SLOW_START_MS = 10_000;
/** How long `guard doctor` waits for the answer of a client's server. */
export const DOCTOR_CLIENT_START_MS = 30_000;

/** Longest name under which a gateway shows a tool; several hosts refuse longer ones. */
export const GATEWAY_NAME_CHARS_MAX = 64;
/** Names, and addresses of resources, that a gateway remembers of its servers' lists. */
export const GATEWAY_NAMES_MAX = 50_000;
/** How long a gateway waits for one server's list before it answers without it. */
export const GATEWAY_LIST_MS = 10_000;
/** How long a greeting waits for servers that start. */
export const GATEWAY_GREETING_MS = 15_000;
/** A name that nobody knows has the servers asked for their lists at most this often. */
export const GATEWAY_RELIST_MS = 5000;
/** After so long without an answer its response begins as an event stream. */
export const GATEWAY_STREAM_AFTER_MS = 10_000;
/** Messages that wait for a server that starts. */
export const GATEWAY_WAITING_LINES_MAX = 1000;
/** Questions of servers that one client has not answered. */
export const GATEWAY_QUESTIONS_MAX = 1000;
/** Messages kept for a session whose client does not listen. */
export const GATEWAY_UNREAD_BYTES_MAX = 1024 * 1024;
/** Sessions of all clients of a gateway. */
export const GATEWAY_SESSIONS_MAX = 1000;
/** Sessions of one agent. */
export const GATEWAY_AGENT_SESSIONS_MAX = 200;
/** Agents of the modern era that are remembered. */
export const GATEWAY_AGENTS_MAX = 1000;
/** How long a session is kept that nobody uses. */
export const GATEWAY_SESSION_IDLE_MS = 30 * 60 * 1000;
/** How long a server's question waits for a modern client to come back with its answer. */
export const GATEWAY_HELD_MS = 10 * 60 * 1000;
/** Rounds of questions that a modern server may ask for one call of an older client. */
export const GATEWAY_ROUNDS_MAX = 50;
/** Subscriptions that one agent has open with one server. */
export const GATEWAY_LISTENS_MAX = 100;
/** How often a gateway looks for requests that are too old and for sessions that nobody uses. */
export const GATEWAY_TICK_MS = 1000;
/** How long a gateway that is told to stop waits for open requests. */
export const GATEWAY_DRAIN_MS = 10_000;
/** How often it looks whether any are left. */
export const GATEWAY_DRAIN_LOOK_MS = 50;
/** How long questions of one call are gathered before a modern client gets them. */
export const GATEWAY_GATHER_MS = 10;
/** How long the acknowledgement of a subscription to all servers waits for each of them. */
export const GATEWAY_ACKNOWLEDGE_MS = 1000;
/** Tasks of all callers that a gateway remembers; beyond, whoever has most loses the oldest. */
export const GATEWAY_TASKS_MAX = 10_000;
/** Tasks of one caller; beyond, the oldest is forgotten. */
export const GATEWAY_CALLER_TASKS_MAX = 1000;
/** Longest id of a task that is remembered. */
export const GATEWAY_TASK_ID_CHARS_MAX = 512;
/** How long a task is remembered that was not heard of, whatever its server says; also where it says nothing. */
export const GATEWAY_TASK_KEPT_MS_MAX = 24 * 60 * 60 * 1000;
/** How much longer than its server keeps it a task is remembered, so that its last answer finds its way. */
export const GATEWAY_TASK_GRACE_MS = 60_000;
/** Tasks on one page of a list of all servers' tasks. */
export const GATEWAY_TASKS_PAGE = 100;
/** Tasks of one client's own that are remembered, which servers may ask it about. */
export const GATEWAY_CLIENT_TASKS_MAX = 1000;

/** Calls without an outcome that a replay of the audit log keeps; beyond, the oldest count as open for good. */
export const REPLAY_OPEN_CALLS_MAX = 10_000;
/** Kinds of changes that a replay tells apart; further ones are only counted. */
export const REPLAY_GROUPS_MAX = 1000;
/** Calls that a replay shows of one kind of change. */
export const REPLAY_EXAMPLES_MAX = 3;
/** Conditions, gaps and uncertain notes that a replay shows of one kind of change. */
export const REPLAY_REASONS_MAX = 8;
/** Characters of one argument text that a replay shows. */
export const REPLAY_ARGUMENT_CHARS_MAX = 200;
/** Different outcomes that a call may have for all that the log tells; beyond, it is undecidable anyway. */
export const REPLAY_POSSIBILITIES_MAX = 16;
/** Members and elements of arguments that are searched for what redaction left out; beyond, they count as left out. */
export const REPLAY_VALUES_MAX = 10_000;
/** Files of an audit log that one replay reads. */
export const REPLAY_FILES_MAX = 1000;
/** Tools, resources and prompts that one learned policy has rules for; further ones are only counted. */
export const LEARN_SUBJECTS_MAX = 5000;
/** Argument paths that are watched of one tool; a tool with more gets no bounds. */
export const LEARN_PATHS_MAX = 64;
/** How deep into objects arguments are watched. */
export const LEARN_DEPTH_MAX = 3;
/** Different texts that are kept of one argument; beyond, it is no list of choices. */
export const LEARN_VALUES_MAX = 16;
/** Characters of a text that can be one of a list of choices. */
export const LEARN_VALUE_CHARS_MAX = 64;
/** Hosts that one bound names. */
export const LEARN_HOSTS_MAX = 16;
/** Calls that a bound needs: fewer say too little. */
export const LEARN_CALLS_LEAST = 20;
/** Calls that a list of choices needs for each of its choices. */
export const LEARN_CALLS_PER_CHOICE = 5;
/** Kinds of calls that were not allowed, as a learned policy lists them; further ones are only counted. */
export const LEARN_REFUSED_MAX = 200;
/** Tests in one policy test file. */
export const POLICY_TESTS_MAX = 10_000;
/** Calls in one policy test, repetitions included. */
export const POLICY_TEST_CALLS_MAX = 100_000;
/** Longest text in a query or a member of a body that the dashboard takes, in characters. */
export const DASHBOARD_TEXT_CHARS_MAX = 1024;
/** Longest name that a person gives at the dashboard's login, in characters. */
export const DASHBOARD_NAME_CHARS_MAX = 64;
/** Steps by which an answer to be remembered is widened in one request. */
export const DASHBOARD_REMEMBER_STEPS_MAX = 64;
/** Shortest secret of the dashboard, in characters, and how many of them differ at least. */
export const DASHBOARD_SECRET_CHARS_LEAST = 32;
export const DASHBOARD_SECRET_VARIETY_LEAST = 10;
/** How long a login at the dashboard lasts that nobody uses, and how long any. */
export const DASHBOARD_SESSION_IDLE_MS = 30 * 60 * 1000;
export const DASHBOARD_SESSION_MS = 12 * 60 * 60 * 1000;
/** People logged in at one time. */
export const DASHBOARD_SESSIONS_MAX = 1000;
/** Wrong secrets of one address, and of all, before a wait; the longest wait; addresses that are remembered. */
export const DASHBOARD_LOGIN_FREE_TRIES = 5;
export const DASHBOARD_LOGIN_OVERALL_FREE_TRIES = 50;
export const DASHBOARD_LOGIN_WAIT_MS_MAX = 5 * 60 * 1000;
export const DASHBOARD_LOGIN_ADDRESSES_MAX = 4096;
/** How long a login link of `guard dashboard` counts. */
export const DASHBOARD_CODE_MS = 10 * 60 * 1000;
/** Connections of the dashboard at one time; more are closed as they come. */
export const DASHBOARD_CONNECTIONS_MAX = 1024;
/** Largest body that the dashboard takes. */
export const DASHBOARD_BODY_BYTES_MAX = 64 * 1024;
/** What of a body that is not taken is read off, so that its sender reads the answer; beyond, the connection breaks. */
export const DASHBOARD_DRAINED_BYTES_MAX = 4 * 1024 * 1024;
/** Longest path of a refused request in its record, in characters. */
export const DASHBOARD_REFUSED_PATH_CHARS_MAX = 200;
/** How often refusals of one kind are recorded after the first, and how many kinds are told apart. */
export const REFUSALS_TOLD_MS = 60_000;
export const REFUSAL_KINDS_MAX = 32;
/** Bodies that the dashboard holds at one time, all together. */
export const DASHBOARD_BODIES_BYTES_MAX = 4 * 1024 * 1024;
/** Longest query of an address, in characters. */
export const DASHBOARD_QUERY_CHARS_MAX = 8192;
/** Pages with an open feed. */
export const DASHBOARD_FEEDS_MAX = 500;
/** Events of the feed that are kept for pages which come back, and their bytes. */
export const DASHBOARD_FEED_EVENTS_MAX = 1000;
export const DASHBOARD_FEED_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes that wait for a page which does not read; what comes beyond becomes a gap. */
export const DASHBOARD_FEED_WAITING_BYTES_MAX = 512 * 1024;
/** How often what was recorded goes to the pages, and how many records at most each time. */
export const DASHBOARD_FEED_FLUSH_MS = 500;
export const DASHBOARD_FEED_ENTRIES_MAX = 50;
/** How often a feed without news gets a comment. */
export const DASHBOARD_FEED_COMMENT_MS = 15_000;
/** Scans of the audit log for the dashboard at one time; the next one waits for none and is told to come again. */
export const DASHBOARD_SCANS_MAX = 4;
/** How long what the call index lacks is read before a page gets its first numbers; the rest follows. */
export const DASHBOARD_COUNT_MS = 300;
/** Time between two looks of the dashboard whether its log has grown by DASHBOARD_PREPARE_BYTES. */
export const DASHBOARD_PREPARE_MS = 60_000;
/** What a log grows by until the dashboard puts it into the call index unasked. */
export const DASHBOARD_PREPARE_BYTES = 16 * 1024 * 1024;
/** Longest time of one scan for a page; an export may take any. */
export const DASHBOARD_SCAN_MS = 20_000;
/** Entries of one page of a search, and without a number. */
export const DASHBOARD_PAGE_ENTRIES_MAX = 500;
export const DASHBOARD_PAGE_ENTRIES = 100;
/** Names of a top list at most. */
export const DASHBOARD_TOP_MAX = 50;
/** Files of the page, and their bytes together. */
export const DASHBOARD_ASSETS_MAX = 200;
export const DASHBOARD_ASSETS_BYTES_MAX = 8 * 1024 * 1024;
/** Tools that one answer of the dashboard explains, over all servers. */
export const DASHBOARD_TOOLS_MAX = 5000;
/** How long `guard approve --url` waits for an answer, how large one may be, and how often it asks what waits. */
export const DASHBOARD_CLIENT_TIMEOUT_MS = 30_000;
export const DASHBOARD_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
export const DASHBOARD_CLIENT_POLL_MS = 1000;
/** Records that the page's feed keeps; older ones are in the audit log. */
export const PAGE_FEED_ENTRIES_MAX = 10_000;
/** Records that one search on the page gathers before it wants to be narrowed. */
export const PAGE_AUDIT_ENTRIES_MAX = 5000;
/** How long the page waits for an answer of the API. */
export const PAGE_ANSWER_MS = 60_000;
/** Before the page opens a feed again that the browser gave up, and at most. */
export const PAGE_RETRY_MS = 1000;
export const PAGE_RETRY_MS_MAX = 15_000;
/** Records that the page reads where its feed has a gap. */
export const PAGE_BACKFILL_ENTRIES = 500;

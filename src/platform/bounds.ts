/**
 * Every bound of the program, named once. Law 9: nothing is unbounded, and hitting a bound is a
 * clean error. Sizes are bytes, times are milliseconds, unless the name says otherwise.
 */

/** Largest frame taken from the client (the MCP SDK's own stdio cap). */
export const CLIENT_FRAME_BYTES_MAX = 10 * 1024 * 1024;
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
/** Open `input_required` states remembered for retries. */
export const INPUT_REQUIRED_MAX = 1000;

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
/** Largest config file. */
export const CONFIG_BYTES_MAX = 16 * 1024 * 1024;
/** Quiet time after a change of a config file before it is read again. */
export const CONFIG_DEBOUNCE_MS = 100;

/** Largest audit record; larger arguments are left out and said to be. */
export const AUDIT_RECORD_BYTES_MAX = 256 * 1024;
/** Longest piece of foreign text in one audit field, in characters. */
export const AUDIT_FIELD_CHARS_MAX = 1024;
/** Read size of audit readers. */
export const AUDIT_READ_BYTES = 1024 * 1024;
/** Decision records that a reader keeps while it waits for their outcomes. */
export const TAIL_OPEN_CALLS_MAX = 10_000;
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

/** How long a remote server may take for response headers of one request. */
export const REMOTE_HEADERS_MS = 120_000;
/** Event streams reopened in a row without one event before guard gives up. */
export const REMOTE_RECONNECTS_MAX = 5;
/** POST requests to a remote server under way at one time. */
export const REMOTE_POSTS_MAX = 256;
